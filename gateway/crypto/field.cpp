#include "crypto/field.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <botan/mem_ops.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace gateway::crypto {

namespace {

// Its lowest limb is −1 modulo 2^64, so a step of Montgomery's reduction multiplies by the number's lowest
// limb as it is.
constexpr Limbs p = {0xFFFFFFFFFFFFFFFF, 0xF44C42E9A63A3620, 0xE485B576625E7EC6, 0x4FE1356D6D51C245,
                     0x302B0A6DF25F1437, 0xEF9519B3CD3A431B, 0x514A08798E3404DD, 0x020BBEA63B139B22,
                     0x29024E088A67CC74, 0xC4C6628B80DC1CD1, 0xC90FDAA22168C234, 0xFFFFFFFFFFFFFFFF};

// (p + 1) / 2^64
constexpr std::array<std::uint64_t, number_limbs - 1> p_above = [] {
  std::array<std::uint64_t, number_limbs - 1> above{};
  std::copy(p.begin() + 1, p.end(), above.begin());
  ++above[0];  // p + 1 carries no further
  return above;
}();

constexpr std::uint64_t sum_of(std::uint64_t a, std::uint64_t b, std::uint64_t& carry) {
  const Wide sum = Wide{a} + b + carry;
  carry = static_cast<std::uint64_t>(sum >> 64);
  return static_cast<std::uint64_t>(sum);
}

// 2^768 − p: 1 in Montgomery form, and what is added where p is to be subtracted from a number with a carry.
constexpr Limbs one_of_montgomery = [] {
  Limbs one{};
  std::uint64_t carry = 1;
  for (std::size_t i = 0; i < number_limbs; ++i) one[i] = sum_of(~p[i], 0, carry);
  return one;
}();

// number + 2^768 × carry, which must be below 2^768 + p, is made smaller by p where carry is 1.
constexpr void subtract_prime_if(std::uint64_t carry, Limbs& number) {
  const std::uint64_t mask = 0 - carry;
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < number_limbs; ++i)
    number[i] = sum_of(number[i], one_of_montgomery[i] & mask, next);
}

// 2^1536 mod p: what turns a number into its Montgomery form.
constexpr Limbs into_montgomery = [] {
  Limbs number = one_of_montgomery;
  for (std::size_t doubled = 0; doubled < 64 * number_limbs; ++doubled) {
    std::uint64_t carry = 0;
    for (std::uint64_t& limb : number) limb = sum_of(limb, limb, carry);
    subtract_prime_if(carry, number);
  }
  return number;
}();

// product / 2^768 mod p, below 2^768. Each step makes the lowest limb 0 by adding a multiple of p.
template <class Rows>
void reduce(Limbs& number, DoubleLimbs& product) {
  std::uint64_t carry = 0;
  std::uint64_t lowest = product[0];
  for (std::size_t i = 0; i < number_limbs; ++i) {
    const Row row = Rows::template add_product<p_above.size()>(&product[i + 1], p_above.data(), lowest);
    product[i + number_limbs] = sum_of(product[i + number_limbs], row.carry, carry);
    lowest = row.lowest;
  }
  Rows::add_if(carry, &product[number_limbs], one_of_montgomery, number);  // p less, if there is a carry
}

// Not by std::fill: g++ makes "rep stos" of it, which takes as long as three rows.
void clear_lower_half(DoubleLimbs& product) {
  using Pair = std::uint64_t __attribute__((vector_size(16)));
  constexpr Pair zeros{};
#pragma GCC unroll 6
  for (std::size_t i = 0; i < number_limbs; i += 2) std::memcpy(&product[i], &zeros, sizeof zeros);
}

template <class Rows>
void multiply_with(Limbs& number, const Limbs& by, DoubleLimbs& product) {
  clear_lower_half(product);
  for (std::size_t i = 0; i < number_limbs; ++i)
    product[i + number_limbs] =
        Rows::template add_product<number_limbs>(&product[i], number.data(), by[i]).carry;
  reduce<Rows>(number, product);
}

// The products of limb i and those above it.
template <class Rows, std::size_t i>
void add_products_of(const Limbs& number, DoubleLimbs& product) {
  product[i + number_limbs] =
      Rows::template add_product<number_limbs - 1 - i>(&product[2 * i + 1], &number[i + 1], number[i]).carry;
}

template <class Rows>
void square_with(Limbs& number, DoubleLimbs& product) {
  clear_lower_half(product);
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (add_products_of<Rows, i>(number, product), ...);
  }
  (std::make_index_sequence<number_limbs - 1>());
  product.back() = 0;
  Rows::double_and_add_squares(product, number);
  reduce<Rows>(number, product);
}

}  // namespace

Multiplier best_multiplier() {
#if defined(__x86_64__)
  static const bool has_adx = [] {
    constexpr unsigned bmi2 = 1U << 8;
    constexpr unsigned adx = 1U << 19;
    unsigned a = 0;
    unsigned features = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid_count(7, 0, &a, &features, &c, &d) != 0 && (features & bmi2) != 0 &&
           (features & adx) != 0;
  }();
  if (has_adx) return Multiplier::adx;
#endif
  return Multiplier::portable;
}

Field::~Field() {
  Botan::secure_scrub_memory(product_.data(), sizeof product_);
}

void Field::multiply(Limbs& number, const Limbs& by) {
#if defined(__x86_64__)
  if (multiplier_ == Multiplier::adx) return multiply_with<AdxRows>(number, by, product_);
#endif
  multiply_with<PortableRows>(number, by, product_);
}

void Field::square(Limbs& number) {
#if defined(__x86_64__)
  if (multiplier_ == Multiplier::adx) return square_with<AdxRows>(number, product_);
#endif
  square_with<PortableRows>(number, product_);
}

void Field::enter(Limbs& number) {
  multiply(number, into_montgomery);
}

void Field::leave(Limbs& number) {
  std::copy(number.begin(), number.end(), product_.begin());
  std::fill(product_.begin() + number_limbs, product_.end(), 0);
  reduce<PortableRows>(number, product_);
  // At most p now: the sum has a carry where the number is p.
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < number_limbs; ++i) (void)sum_of(number[i], one_of_montgomery[i], carry);
  subtract_prime_if(carry, number);
}

const Limbs& Field::one() {
  return one_of_montgomery;
}

const Limbs& Field::prime() {
  return p;
}

Limbs limbs_of(Bytes bytes) {
  Limbs limbs{};
  for (std::size_t i = 0; i < number_limbs * 8; ++i)
    limbs[i / 8] |= std::uint64_t{bytes[number_limbs * 8 - 1 - i]} << (i % 8 * 8);
  return limbs;
}

void write_limbs(const Limbs& limbs, MutableBytes bytes) {
  for (std::size_t i = 0; i < number_limbs * 8; ++i)
    bytes[number_limbs * 8 - 1 - i] = static_cast<std::uint8_t>(limbs[i / 8] >> (i % 8 * 8));
}

}  // namespace gateway::crypto
