// Where a session's client is sent next.
#include <gtest/gtest.h>

#include "support/vectors.h"
#include "unit/session/stream_peers.h"

namespace gateway::session {
namespace {

using test::from_hex;
using test::to_hex;

class RewritingTest : public StreamSessionTest {
 protected:
  RewritingTest() {
    EXPECT_TRUE(table.add({"10.0.0.5", 5055}, "gw.example.net:6055"));
    use(policy::UnknownAddresses::pass);
  }
  void use(policy::UnknownAddresses unknown) { rewriting = {&table, unknown, false}; }
  // Services are a constant of the session, so it gets its own.
  void initialize_rewriting(const Text& init = init_16()) {
    changed.emplace(Services{options, test::borrowed<Terms>(options), buffers, random, stats, raised, scratch,
                             notices, &rewriting});
    session = std::make_unique<Session>(*changed, StreamClient{}, now);
    client = peer(transport::Role::client);
    from_client(init);
    open_server();
    from_server({0xF3, 0x01, 0x00});
  }
  std::uint64_t counted(AddressResult result) const {
    return stats.addresses[static_cast<std::size_t>(result)].value();
  }
  std::string last_at_client() { return to_hex(received(*client).back()); }

  policy::Addresses table;
  Rewriting rewriting;
  std::optional<Services> changed;
};

const std::string named = "f303e600002a0001e673000d31302e302e302e353a35303535";  // 10.0.0.5:5055
const std::string rewritten =
    "f303e600002a0001e6730013" + to_hex(Text{'g', 'w', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', '.', 'n', 'e',
                                             't', ':', '6', '0', '5', '5'});
const std::string unknown = "f303e600002a0001e673000d31302e302e302e363a35303535";  // 10.0.0.6:5055

TEST_F(RewritingTest, ReplacesWhatTheServerNamesInTheClear) {
  initialize_rewriting();
  from_client(from_hex("f302e60000"));
  from_server(from_hex(named));
  EXPECT_EQ(last_at_client(), rewritten);
  EXPECT_EQ(counted(AddressResult::rewritten), 1U);
  EXPECT_FALSE(notices.has_new());
}

TEST_F(RewritingTest, AnotherTableHoldsFromTheNextResponseOn) {
  initialize_rewriting();
  received(*client);
  rewriting.addresses = nullptr;
  from_server(from_hex(named));
  EXPECT_EQ(last_at_client(), named);
  rewriting.addresses = &table;
  from_server(from_hex(named));
  EXPECT_EQ(last_at_client(), rewritten);
}

TEST_F(RewritingTest, ReplacesItBeforeTheResponseIsSealed) {
  initialize_rewriting();
  const test::PhotonCrypto crypto = exchange_keys();
  from_client(sealed(crypto, from_hex("f302e60000")));
  from_server(from_hex(named));
  const Text answer = received(*client).back();
  ASSERT_EQ(answer[1], 0x83);
  EXPECT_EQ("f303" + to_hex(*crypto.open(Bytes(answer).subspan(2))), rewritten);
}

TEST_F(RewritingTest, LeavesAnAddressThatNoListenerFrontsAndNotesItOnce) {
  initialize_rewriting();
  from_client(from_hex("f302e60000"));
  from_server(from_hex(unknown));
  EXPECT_EQ(last_at_client(), unknown);
  from_server(from_hex(unknown));
  EXPECT_EQ(last_at_client(), unknown);
  EXPECT_EQ(counted(AddressResult::unknown_target), 2U);
  ASSERT_TRUE(notices.has_new());
  EXPECT_EQ(notices.take(), (Notices::Noted{Notice::unknown_address, "10.0.0.6:5055"}));
  EXPECT_FALSE(notices.has_new());
}

TEST_F(RewritingTest, RefusesItInsteadWhenToldTo) {
  use(policy::UnknownAddresses::reject);
  initialize_rewriting();
  from_client(from_hex("f302e60000"));
  from_server(from_hex(unknown), 3, Delivery::unsequenced);
  static_cast<void>(client->next_payload());  // InitResponse
  const auto payload = client->next_payload();
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->channel, 3);
  EXPECT_EQ(payload->delivery, Delivery::unsequenced);
  const Text told = copy(payload->bytes);
  const auto head = test::read_response(test::Protocol::v16, Bytes(told).subspan(2));
  ASSERT_TRUE(head);
  EXPECT_EQ(told[1], 3);
  EXPECT_EQ(head->code, 230);
  EXPECT_EQ(head->return_code, -1);
  EXPECT_EQ(head->debug, "no reachable server");
  EXPECT_EQ(counted(AddressResult::refused), 1U);
}

TEST_F(RewritingTest, SealsTheRefusalOfWhatWasAskedForEncrypted) {
  use(policy::UnknownAddresses::reject);
  initialize_rewriting();
  const test::PhotonCrypto crypto = exchange_keys();
  from_client(sealed(crypto, from_hex("f302e60000")));
  from_server(from_hex(unknown));
  const Text answer = received(*client).back();
  ASSERT_EQ(answer[1], 0x83);
  const auto clear = crypto.open(Bytes(answer).subspan(2));
  ASSERT_TRUE(clear);
  EXPECT_EQ(test::read_response(test::Protocol::v16, *clear)->return_code, -1);
}

TEST_F(RewritingTest, PassesWhatItCannotReadAndRefusesItWhenToldTo) {
  const std::string odd =
      "f303e600002a0002e673000d31302e302e302e353a35303535dd05";  // a value of unknown type
  initialize_rewriting();
  from_client(from_hex("f302e60000"));
  from_server(from_hex(odd));
  EXPECT_EQ(last_at_client(), odd);
  EXPECT_EQ(counted(AddressResult::unparsed), 1U);
  ASSERT_TRUE(notices.has_new());
  EXPECT_EQ(notices.take().notice, Notice::unparsed_response);
  use(policy::UnknownAddresses::reject);
  initialize_rewriting();
  from_client(from_hex("f302e60000"));
  from_server(from_hex(odd));
  EXPECT_EQ(counted(AddressResult::refused), 1U);
  EXPECT_NE(last_at_client(), odd);
}

TEST_F(RewritingTest, LeavesFailuresAndEventsAndOtherOperationsAlone) {
  initialize_rewriting();
  for (const char* hex :
       {"f303e6ffff2a0001e673000d31302e302e302e353a35303535", "f304e60001e673000d31302e302e302e353a35303535",
        "f303e500002a0001e673000d31302e302e302e353a35303535"}) {
    from_server(from_hex(hex));
    EXPECT_EQ(last_at_client(), hex);
  }
  EXPECT_EQ(counted(AddressResult::rewritten), 0U);
}

TEST_F(RewritingTest, TellsTheServerItsOwnFamilyInInit) {
  Text by_v6 = init_16();
  by_v6[5] |= 0x80;
  initialize_rewriting(by_v6);
  EXPECT_EQ(received(*server).front(), init_16());
  rewriting.server_ipv6 = true;
  initialize_rewriting();
  EXPECT_EQ(received(*server).front(), by_v6);
}

TEST_F(RewritingTest, WithoutATableLeavesInitAndAddressesAlone) {
  rewriting = {};
  Text by_v6 = init_16();
  by_v6[5] |= 0x80;
  initialize_rewriting(by_v6);
  EXPECT_EQ(received(*server).front(), by_v6);
  from_client(from_hex("f302e60000"));
  from_server(from_hex(named));
  EXPECT_EQ(last_at_client(), named);
  EXPECT_FALSE(notices.has_new());
}

TEST_F(RewritingTest, NotesAClientThatAuthenticatesOnce) {
  initialize_rewriting();
  from_client(from_hex("f302e70000"));
  ASSERT_TRUE(notices.has_new());
  EXPECT_EQ(notices.take().notice, Notice::authenticate_once);
}

TEST(Notices, AreBoundedAndPrintable) {
  Notices notices;
  notices.note(Notice::unknown_address, std::string(1000, 'x') + "\n");
  EXPECT_EQ(notices.take().text, std::string(128, 'x'));
  notices.note(Notice::unknown_address, "a\"b\n\xFF\\");
  EXPECT_EQ(notices.take().text, "a?b???");
  int kept = 2;
  for (int i = 0; i < 1000; ++i) notices.note(Notice::unknown_address, std::to_string(i));
  for (; notices.has_new(); ++kept) static_cast<void>(notices.take());
  EXPECT_EQ(kept, 64);
}

}  // namespace
}  // namespace gateway::session
