#include "benchmark/comparison.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <utility>

#include "benchmark/measure.h"

namespace gateway::test {

namespace {

void print_line(const char* kind, const std::string& name, const std::vector<double>& values) {
  const Spread spread = spread_of(values);
  std::printf("%s %-36s %6.3f (%.3f..%.3f)\n", kind, name.c_str(), spread.median, spread.min, spread.max);
}

}  // namespace

Comparison::Comparison(std::string title, std::vector<std::string> columns)
    : title_(std::move(title)), columns_(std::move(columns)) {}

void Comparison::add(const std::string& name, std::function<Measured()> measure) {
  variants_.push_back({name, std::move(measure)});
}

void Comparison::run(std::size_t rounds) {
  std::vector<Variant*> order;
  for (Variant& variant : variants_) order.push_back(&variant);
  std::mt19937 random(std::random_device{}());
  for (std::size_t round = 0; round < rounds; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    for (Variant* const variant : order) measure(*variant);
  }
}

void Comparison::measure(Variant& variant) {
  try {
    variant.rounds.push_back(variant.measure());
  } catch (const std::exception& error) {
    throw std::runtime_error(variant.name + ": " + error.what());
  }
}

void Comparison::print() const {
  std::printf("%s; median (min..max) of %zu rounds\n%-20s", title_.c_str(), variants_.front().rounds.size(),
              "");
  for (const std::string& title : columns_) std::printf("  %20s", title.c_str());
  std::printf("\n");
  for (const Variant& variant : variants_) {
    std::printf("%-20s", variant.name.c_str());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Spread spread = spread_of(column(variant, i));
      if (i == 0) {
        std::printf("  %7.2f (%.2f..%.2f)", spread.median, spread.min, spread.max);
      } else {
        std::printf("  %20.2f", spread.median);
      }
    }
    std::printf("\n");
  }
}

void Comparison::print_value(const std::string& name) const {
  if (const Variant* const variant = find(name)) print_line("value", name, column(*variant, 0));
}

void Comparison::print_ratio(const std::string& above, const std::string& below) const {
  const Variant* const first = find(above);
  const Variant* const second = find(below);
  if (first == nullptr || second == nullptr) return;
  std::vector<double> quotients;
  for (std::size_t i = 0; i < first->rounds.size(); ++i) {
    quotients.push_back(first->rounds[i].front() / second->rounds[i].front());
  }
  print_line("ratio", above + " / " + below, quotients);
}

void Comparison::print_difference(const std::string& a, const std::string& b) const {
  const Variant* const first = find(a);
  const Variant* const second = find(b);
  if (first == nullptr || second == nullptr) return;
  std::vector<double> differences;
  for (std::size_t i = 0; i < first->rounds.size(); ++i) {
    differences.push_back(first->rounds[i].front() - second->rounds[i].front());
  }
  print_line("difference", a + " - " + b, differences);
}

void Comparison::print_ratio_beyond(const std::string& base, const std::string& above,
                                    const std::string& below) const {
  const Variant* const floor = find(base);
  const Variant* const first = find(above);
  const Variant* const second = find(below);
  if (floor == nullptr || first == nullptr || second == nullptr) return;
  std::vector<double> quotients;
  for (std::size_t i = 0; i < floor->rounds.size(); ++i) {
    const double zero = floor->rounds[i].front();
    quotients.push_back((first->rounds[i].front() - zero) / (second->rounds[i].front() - zero));
  }
  print_line("ratio", above + " / " + below, quotients);
}

const Comparison::Variant* Comparison::find(const std::string& name) const {
  const auto found = std::find_if(variants_.begin(), variants_.end(),
                                  [&](const Variant& variant) { return variant.name == name; });
  return found == variants_.end() ? nullptr : &*found;
}

std::vector<double> Comparison::column(const Variant& variant, std::size_t index) {
  std::vector<double> values;
  for (const Measured& measured : variant.rounds) values.push_back(measured[index]);
  return values;
}

}  // namespace gateway::test
