#include "crypto/key_exchange.h"

#include <gtest/gtest.h>

#include "support/recordings.h"
#include "support/seeded_random.h"
#include "support/vectors.h"

namespace gateway::crypto {
namespace {

using test::from_hex;
using test::to_hex;

std::vector<std::uint8_t> field(const boost::json::value& object, std::string_view name) {
  return from_hex(object.as_object().at(name).as_string());
}

TEST(KeyExchange, GivesThePublicKeyAndTheKeyOfEveryVector) {
  const auto file = test::load_vectors("dh.json");
  for (const auto& entry : file.as_object().at("cases").as_array()) {
    SCOPED_TRACE(entry.at("name").as_string());
    const auto result = exchange_with_secret(field(entry, "client_public"), field(entry, "server_secret"));
    ASSERT_TRUE(result);
    EXPECT_EQ(to_hex(result->public_key), entry.at("server_public").as_string());
    EXPECT_EQ(to_hex(result->key), entry.at("aes_key").as_string());
  }
}

TEST(KeyExchange, GivesTheClientsSideTheSameKey) {
  const auto file = test::load_vectors("dh.json");
  for (const auto& entry : file.as_object().at("cases").as_array()) {
    SCOPED_TRACE(entry.at("name").as_string());
    EXPECT_EQ(to_hex(public_key_of(field(entry, "client_secret"))), entry.at("client_public").as_string());
    const auto result = exchange_with_secret(field(entry, "server_public"), field(entry, "client_secret"));
    ASSERT_TRUE(result);
    EXPECT_EQ(to_hex(result->key), entry.at("aes_key").as_string());
  }
}

TEST(KeyExchange, AcceptsAndRefusesPublicKeysAsTheVectorsSay) {
  const auto file = test::load_vectors("dh_public_key_check.json");
  test::SeededRandom random(1);
  for (const auto& entry : file.as_object().at("cases").as_array()) {
    EXPECT_EQ(crypto::exchange(field(entry, "key"), random).has_value(), entry.at("accept").as_bool())
        << entry.at("what").as_string();
  }
}

TEST(KeyExchange, NamesTheReasonOfARefusal) {
  test::SeededRandom random(1);
  EXPECT_EQ(crypto::exchange({}, random).error(), KeyError::empty);
  EXPECT_EQ(crypto::exchange(from_hex("01"), random).error(), KeyError::out_of_range);
  EXPECT_EQ(crypto::exchange(std::vector<std::uint8_t>(128), random).error(), KeyError::out_of_range);
  EXPECT_EQ(crypto::exchange(std::vector<std::uint8_t>(129), random).error(), KeyError::too_long);
  EXPECT_EQ(crypto::exchange(std::vector<std::uint8_t>(97, 1), random).error(), KeyError::too_long);
  EXPECT_EQ(name(KeyError::too_long), "too_long");
}

TEST(KeyExchange, DrawsAFreshSecretEachTime) {
  test::SeededRandom random(7);
  const auto client_public = public_key_of(from_hex("17de794bbf98d53e155770a2f5021ecedd2a5472"));
  const auto first = crypto::exchange(client_public, random);
  const auto second = crypto::exchange(client_public, random);
  ASSERT_TRUE(first && second);
  EXPECT_NE(to_hex(first->public_key), to_hex(second->public_key));
  EXPECT_NE(to_hex(first->key), to_hex(second->key));
}

TEST(KeyExchange, AgreesWithAClientForManyDrawnSecrets) {
  test::SeededRandom random(99);
  for (int i = 0; i < 50; ++i) {
    std::vector<std::uint8_t> client_secret(20);
    random.fill(client_secret);
    const auto server = crypto::exchange(public_key_of(client_secret), random);
    ASSERT_TRUE(server);
    const auto client = exchange_with_secret(server->public_key, client_secret);
    ASSERT_TRUE(client);
    EXPECT_EQ(to_hex(client->key), to_hex(server->key)) << "exchange " << i << " of seed 99";
  }
}

TEST(KeyExchange, RepeatsEveryRecordedExchangeOfARealClient) {
  int exchanges = 0;
  for (const auto& recording_name : test::recording_names()) {
    SCOPED_TRACE(recording_name);
    for (const auto& recorded : test::load_recording(recording_name).key_exchanges) {
      const auto result = exchange_with_secret(recorded.client_public, recorded.server_secret);
      ASSERT_TRUE(result);
      EXPECT_EQ(to_hex(result->public_key), to_hex(recorded.server_public));
      EXPECT_EQ(to_hex(result->key), to_hex(recorded.key));
      ++exchanges;
    }
  }
  EXPECT_EQ(exchanges, 93);
}

}  // namespace
}  // namespace gateway::crypto
