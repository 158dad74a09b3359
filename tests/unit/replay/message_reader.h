#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto/cipher.h"
#include "message/envelope.h"
#include "support/recordings.h"
#include "transport/stats.h"
#include "transport/transport.h"

namespace gateway::test {

/// One message as the product read it, kept until it is compared.
struct ReadMessage {
  std::uint8_t channel = 0;
  transport::Delivery delivery = transport::Delivery::reliable;
  bool encrypted = false;
  bool has_envelope = false;
  std::uint8_t type = 0;
  std::vector<std::uint8_t> body;  // clear, behind the envelope
};

/// Opens what the product's transport put together from a recording, with the recording's keys.
class MessageReader {
 public:
  explicit MessageReader(const Recording& recording) : recording_(recording) {}

  ReadMessage read(const transport::Payload& payload);
  /// The bytes a message travels as: `message` in an envelope again, sealed with the key in use if it was.
  std::vector<std::uint8_t> write(const ReadMessage& message) const;
  /// Messages that could not be opened.
  std::size_t unopened() const { return unopened_; }

 private:
  void take_key(const message::Envelope& envelope);
  bool open(std::vector<std::uint8_t>& body) const;

  const Recording& recording_;
  std::optional<crypto::Cipher> cipher_;
  std::size_t unopened_ = 0;
};

/// The messages of one direction that are recorded, in order.
std::vector<RecordedMessage> recorded_in(const Recording& recording, Direction direction);

/// Compares one message and how it travelled with the recorded one.
void expect_same(const ReadMessage& read, const RecordedMessage& recorded);
/// No reason to drop anything may have been counted, apart from copies and latecomers, which networks make.
void expect_no_drops(const transport::Stats& stats);

/// The name of a recording as a name googletest takes.
std::string test_name(const testing::TestParamInfo<std::string>& parameter);

}  // namespace gateway::test
