#pragma once

#include <string>

#include "base/bytes.h"
#include "message/error.h"

namespace gateway::message {

// append_transcript() for one serialization, from behind the code on. `response`: with return code and text.

Result<void> transcribe_parameters_16(std::string& out, ByteReader& in, bool response);
Result<void> transcribe_parameters_18(std::string& out, ByteReader& in, bool response);

}  // namespace gateway::message
