#pragma once

#include <boost/system/result.hpp>

namespace gateway {

/// What a parser of wire input gives: the value, or an enumerator of its room's Error enum. A peer never
/// causes an exception; the enumerator's name is the log word and the `reason` label of the metric.
template <class T, class E>
using Result = boost::system::result<T, E>;

}  // namespace gateway
