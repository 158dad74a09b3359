#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace gateway::crypto {

inline constexpr std::size_t number_limbs = 12;  // 768 bits

/// A number of 768 bits, the least significant limb first.
using Limbs = std::array<std::uint64_t, number_limbs>;
using DoubleLimbs = std::array<std::uint64_t, 2 * number_limbs>;

__extension__ using Wide = unsigned __int128;

/// What came of adding a row.
struct Row {
  std::uint64_t lowest =
      0;  // limb of the sum, in a register: a load after the store would take longer than the product
  std::uint64_t carry = 0;  // into the limb above
};

/// What long multiplication consists of, in C++. Nothing here branches on a limb.
struct PortableRows {
  /// sum[0…count) += factor[0…count) × by
  template <std::size_t count>
  static Row add_product(std::uint64_t* sum, const std::uint64_t* factor, std::uint64_t by) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const Wide step = Wide{factor[i]} * by + sum[i] + carry;
      sum[i] = static_cast<std::uint64_t>(step);
      carry = static_cast<std::uint64_t>(step >> 64);
    }
    return {sum[0], carry};
  }

  /// product = 2 × product + the squares of the limbs, each at its place: what turns the products of
  /// different limbs into a square.
  static void double_and_add_squares(DoubleLimbs& product, const Limbs& limbs) {
    std::uint64_t shifted_out = 0;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < number_limbs; ++i) {
      std::uint64_t& low = product[2 * i];
      std::uint64_t& high = product[2 * i + 1];
      const Wide twice = (Wide{high << 1 | low >> 63} << 64) | (low << 1 | shifted_out);
      shifted_out = high >> 63;
      const Wide square = Wide{limbs[i]} * limbs[i];
      const Wide low_sum =
          Wide{static_cast<std::uint64_t>(twice)} + static_cast<std::uint64_t>(square) + carry;
      const Wide high_sum = (twice >> 64) + (square >> 64) + (low_sum >> 64);
      low = static_cast<std::uint64_t>(low_sum);
      high = static_cast<std::uint64_t>(high_sum);
      carry = static_cast<std::uint64_t>(high_sum >> 64);
    }
  }

  /// sum = number + addend × by, for 0 or 1; the last carry is dropped.
  static void add_if(std::uint64_t by, const std::uint64_t* number, const Limbs& addend, Limbs& sum) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < number_limbs; ++i) {
      const Wide step = Wide{addend[i]} * by + number[i] + carry;
      sum[i] = static_cast<std::uint64_t>(step);
      carry = static_cast<std::uint64_t>(step >> 64);
    }
  }
};

#if defined(__x86_64__)

/// The same with mulx, adcx and adox, which keep two carries apart: the sum's and the product's. In assembler
/// since compilers don't make them of C++.
struct AdxRows {
  template <std::size_t count>
  // NOLINTNEXTLINE(readability-non-const-parameter): the assembler writes there
  static Row add_product(std::uint64_t* sum, const std::uint64_t* factor, std::uint64_t by) {
    Row row;
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    asm volatile(
        "xorl %k[low], %k[low]\n\t"  // both flags
        "mulxq (%[factor]), %[lowest], %[carry]\n\t"
        "adcxq (%[sum]), %[lowest]\n\t"
        "movq %[lowest], (%[sum])\n\t"
        ".set .Llimb, 1\n\t"
        ".rept %c[count] - 1\n\t"
        "mulxq 8*.Llimb(%[factor]), %[low], %[high]\n\t"
        "adcxq 8*.Llimb(%[sum]), %[low]\n\t"
        "adoxq %[carry], %[low]\n\t"
        "movq %[low], 8*.Llimb(%[sum])\n\t"
        "movq %[high], %[carry]\n\t"
        ".set .Llimb, .Llimb + 1\n\t"
        ".endr\n\t"
        "movl $0, %k[low]\n\t"
        "adcxq %[low], %[carry]\n\t"
        "adoxq %[low], %[carry]\n\t"
        : [lowest] "=&r"(row.lowest), [low] "=&r"(low), [high] "=&r"(high), [carry] "=&r"(row.carry)
        : [sum] "r"(sum), [factor] "r"(factor), "d"(by), [count] "i"(count)
        : "cc", "memory");
    return row;
  }

  static void double_and_add_squares(DoubleLimbs& product, const Limbs& limbs) {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::uint64_t twice = 0;
    std::uint64_t factor = 0;
    asm volatile(
        "xorl %k[twice], %k[twice]\n\t"  // both flags
        ".set .Llimb, 0\n\t"
        ".rept 12\n\t"
        "movq 8*.Llimb(%[limbs]), %%rdx\n\t"
        "mulxq %%rdx, %[low], %[high]\n\t"
        "movq 16*.Llimb(%[product]), %[twice]\n\t"
        "adcxq %[twice], %[twice]\n\t"
        "adoxq %[low], %[twice]\n\t"
        "movq %[twice], 16*.Llimb(%[product])\n\t"
        "movq 16*.Llimb+8(%[product]), %[twice]\n\t"
        "adcxq %[twice], %[twice]\n\t"
        "adoxq %[high], %[twice]\n\t"
        "movq %[twice], 16*.Llimb+8(%[product])\n\t"
        ".set .Llimb, .Llimb + 1\n\t"
        ".endr\n\t"
        : [low] "=&r"(low), [high] "=&r"(high), [twice] "=&r"(twice), "=&d"(factor)
        : [product] "r"(product.data()), [limbs] "r"(limbs.data())
        : "cc", "memory");
  }

  static void add_if(std::uint64_t by, const std::uint64_t* number, const Limbs& addend, Limbs& sum) {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    asm volatile(
        "xorl %k[low], %k[low]\n\t"  // the carry
        ".set .Llimb, 0\n\t"
        ".rept 12\n\t"
        "mulxq 8*.Llimb(%[addend]), %[low], %[high]\n\t"
        "adcxq 8*.Llimb(%[number]), %[low]\n\t"
        "movq %[low], 8*.Llimb(%[sum])\n\t"
        ".set .Llimb, .Llimb + 1\n\t"
        ".endr\n\t"
        : [low] "=&r"(low), [high] "=&r"(high)
        : [sum] "r"(sum.data()), [number] "r"(number), [addend] "r"(addend.data()), "d"(by)
        : "cc", "memory");
  }
};

#endif

}  // namespace gateway::crypto
