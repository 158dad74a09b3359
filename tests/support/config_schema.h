#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace gateway {

/// config/schema.json: a JSON Schema (draft-07) as it follows from gateway/config/keys.cpp. It knows the
/// shape of a file, not what depends on more than one key, nor ranges of quantities. It is stricter about
/// quotes than the gateway, which reads "1" as a number and 1 as a name.
boost::json::value config_schema();

/// JSON as a person would write it: by two blanks, on one line what fits there.
std::string pretty(const boost::json::value& value);

}  // namespace gateway
