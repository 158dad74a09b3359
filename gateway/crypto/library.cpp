#include "crypto/library.h"

#include <botan/version.h>

namespace gateway::crypto {

std::string library_version() {
  return Botan::short_version_string();
}

}  // namespace gateway::crypto
