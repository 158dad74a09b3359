#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace gateway::test {

/// Several ways to do the same, measured in turn: each round all of them, in random order.
class Comparison {
 public:
  /// What one round of a variant gave, a number a column.
  using Measured = std::vector<double>;

  Comparison(std::string title, std::vector<std::string> columns);

  void add(const std::string& name, std::function<Measured()> measure);
  /// Throws std::runtime_error with the name of the variant that can't be measured.
  void run(std::size_t rounds);

  /// A line a variant: median and spread of the first column, medians of the others.
  void print() const;
  /// One line, "value NAME  median (min..max)", of the first column.
  void print_value(const std::string& name) const;
  /// One line, "ratio above / below  median (min..max)", of quotients within a round. Nothing when one of
  /// them isn't there.
  void print_ratio(const std::string& above, const std::string& below) const;
  /// One line, "difference a - b  median (min..max)", within a round.
  void print_difference(const std::string& a, const std::string& b) const;
  /// As print_ratio, of what is left when `base` is subtracted from both.
  void print_ratio_beyond(const std::string& base, const std::string& above, const std::string& below) const;

 private:
  struct Variant {
    std::string name;
    std::function<Measured()> measure;
    std::vector<Measured> rounds{};
  };
  static void measure(Variant& variant);
  const Variant* find(const std::string& name) const;
  static std::vector<double> column(const Variant& variant, std::size_t index);

  std::string title_;
  std::vector<std::string> columns_;
  std::vector<Variant> variants_;
};

}  // namespace gateway::test
