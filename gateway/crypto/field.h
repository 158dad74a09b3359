#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "crypto/field_rows.h"

namespace gateway::crypto {

/// How products of limbs are made: in C++, or with what many x86-64 processors have for it.
enum class Multiplier : std::uint8_t { portable, adx };

/// The faster one of those this processor has.
Multiplier best_multiplier();

/// Arithmetic modulo the prime of the protocol's group, the 768-bit one of RFC 2409, section 6.1. No branch
/// and no index depends on a number. Numbers are in Montgomery form, x × 2^768 mod p, and below 2^768, not
/// always below p. An object's scratch space is wiped with it; the numbers are the caller's.
class Field {
 public:
  /// `multiplier` must be one that the processor has.
  explicit Field(Multiplier multiplier = best_multiplier()) : multiplier_(multiplier) {}
  Field(const Field&) = delete;
  Field& operator=(const Field&) = delete;
  ~Field();

  void multiply(Limbs& number, const Limbs& by);
  void square(Limbs& number);

  /// Any number of 768 bits into Montgomery form.
  void enter(Limbs& number);
  /// Out of it; the result is below p.
  void leave(Limbs& number);

  /// 1 in Montgomery form.
  static const Limbs& one();
  /// The prime itself.
  static const Limbs& prime();

 private:
  DoubleLimbs product_;
  Multiplier multiplier_;
};

/// Big-endian, 96 bytes.
Limbs limbs_of(Bytes bytes);
void write_limbs(const Limbs& limbs, MutableBytes bytes);

}  // namespace gateway::crypto
