#pragma once

#include <gtest/gtest.h>

#include "message/key_exchange.h"
#include "session/session.h"
#include "support/photon_crypto.h"
#include "support/photon_message.h"
#include "unit/session/inits.h"

namespace gateway::session {

/// The whole key exchange between a session and the peers it stands between; the client's half of the key.
template <class Peers>
test::PhotonCrypto exchange_keys_of(Peers& peers) {
  test::PhotonCrypto crypto(Text(20, 5));
  peers.from_client(test::write_key_request(test::Protocol::v16, crypto.public_key()));
  const auto job = peers.session->take_exchange();
  EXPECT_TRUE(job);
  peers.session->exchange_done(peers.now, *crypto::exchange(job->client_key, peers.random));
  peers.shuttle();
  const Text response = peers.received(*peers.client).back();
  const auto head = test::read_response(test::Protocol::v16, Bytes(response).subspan(2));
  crypto.derive(*test::read_server_key(test::Protocol::v16, head->parameters));
  return crypto;
}

}  // namespace gateway::session
