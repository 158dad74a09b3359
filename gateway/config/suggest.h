#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gateway::config {

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to turn one word into
/// the other.
std::size_t edit_distance(std::string_view from, std::string_view to);

/// The candidate that was probably meant by `word`; empty when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// The end of a sentence about an unknown word: `; did you mean "x"?`, or `; known here: a, b, c` when none
/// is near.
std::string hint(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace gateway::config
