#include "crypto/aes_botan.h"

#include <algorithm>
#include <cstring>

namespace gateway::crypto {

namespace {

// Both are whole blocks. Taken one by one into variables: g++ 12 makes vector instructions of that, and of a
// loop over all the bytes it doesn't.
void add_into(MutableBytes target, Bytes other) {
  for (std::size_t at = 0; at < target.size(); at += block_bytes) {
    Block sum;
    Block addend;
    std::memcpy(sum.data(), target.data() + at, block_bytes);
    std::memcpy(addend.data(), other.data() + at, block_bytes);
    for (std::size_t i = 0; i < block_bytes; ++i) sum[i] = static_cast<std::uint8_t>(sum[i] ^ addend[i]);
    std::memcpy(target.data() + at, sum.data(), block_bytes);
  }
}

}  // namespace

AesBotan::AesBotan(Bytes key) : aes_(Botan::BlockCipher::create_or_throw("AES-256")) {
  aes_->set_key(key.data(), key.size());
}

void AesBotan::encrypt(Bytes clear, const Block& last, MutableBytes out) const {
  Block chain{};
  for (std::size_t at = 0; at <= clear.size(); at += block_bytes) {
    add_into(chain, at < clear.size() ? clear.subspan(at, block_bytes) : Bytes(last));
    aes_->encrypt(chain.data());
    std::ranges::copy(chain, out.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

void AesBotan::decrypt(Bytes sealed, MutableBytes out) const {
  const MutableBytes clear = out.first(sealed.size());
  aes_->decrypt_n(sealed.data(), clear.data(), sealed.size() / block_bytes);
  add_into(clear.subspan(block_bytes), sealed.first(sealed.size() - block_bytes));
}

}  // namespace gateway::crypto
