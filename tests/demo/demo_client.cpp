// Two clients meet in a room behind a gateway and this program shows every datagram of their links, so that
// one can see what is readable there and what is not:
//   1. both connect and exchange keys
//   2. Alice asks an operation in the clear and one encrypted
//   3. both enter the room; Alice raises an event encrypted, which Bob receives encrypted
//   4. both leave; no datagram of the link has contained a secret
//
//   demo_client <numeric address> <port> [--json]
//
// With --json every line is an object: {"link": "client", "unix_ms", "who", "direction", "bytes", "view",
// "hex"} for a datagram and {"link": "story", "unix_ms", "view"} for what the applications do. Exit code 0:
// everything went as told.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "demo/describe.h"
#include "support/photon_socket_client.h"
#include "support/test_operations.h"
#include "support/vectors.h"

namespace gateway::test {
namespace {

namespace json = boost::json;
using Kind = ClientEvent::Kind;

constexpr std::string_view open_text = "anybody on the way may read this";
constexpr std::string_view secret_text = "token=the-players-own-password";
constexpr std::string_view secret_event = "Bob, my cards are 7 and 9";
constexpr std::uint8_t event_code = 200;
constexpr Duration patience = seconds(5);
constexpr Duration settling = milliseconds(100);  // after a step, for the server to print what it saw of it
constexpr auto serialization = message::Serialization::v18;

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool contains(Bytes bytes, std::string_view text) {
  const Bytes wanted = bytes_of(text);
  return std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()) != bytes.end();
}

std::int64_t unix_ms() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class Printer {
 public:
  explicit Printer(bool as_json) : json_(as_json) {}

  void story(const std::string& text) const {
    if (!json_) {
      std::cout << "\n# " << text << std::endl;
      return;
    }
    std::cout << json::serialize(json::object{{"link", "story"}, {"unix_ms", unix_ms()}, {"view", text}})
              << std::endl;
  }

  void datagram(const std::string& who, PhotonSocketClient::Sent sent, Bytes bytes) {
    ++datagrams_;
    if (contains(bytes, open_text)) ++readable_;
    if (contains(bytes, secret_text) || contains(bytes, secret_event)) ++leaked_;
    const bool to_server = sent == PhotonSocketClient::Sent::by_client;
    const auto lines = describe_datagram(bytes);
    if (json_) return print_json(who, to_server, bytes, lines);
    std::printf("%-5s %s %4zu bytes  %s\n", who.c_str(), to_server ? "→" : "←", bytes.size(),
                lines.front().c_str());
    for (std::size_t i = 1; i < lines.size(); ++i) std::printf("%20s %s\n", "", lines[i].c_str());
    std::fflush(stdout);
  }

  std::size_t datagrams() const { return datagrams_; }
  std::size_t readable() const { return readable_; }
  std::size_t leaked() const { return leaked_; }

 private:
  static void print_json(const std::string& who, bool to_server, Bytes bytes,
                         const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "; ") + line;
    std::cout << json::serialize(json::object{{"link", "client"},
                                              {"unix_ms", unix_ms()},
                                              {"who", who},
                                              {"direction", to_server ? "to_server" : "to_client"},
                                              {"bytes", bytes.size()},
                                              {"view", text},
                                              {"hex", to_hex(bytes)}})
              << std::endl;
  }

  bool json_;
  std::size_t datagrams_ = 0;
  std::size_t readable_ = 0;
  std::size_t leaked_ = 0;
};

PhotonClient::Config config_of(std::uint64_t seed) {
  PhotonClient::Config config;
  config.init.protocol = Protocol::v18;
  config.seed =
      seed ^ static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  return config;
}

class Demo {
 public:
  Demo(const std::string& host, std::uint16_t port, bool as_json)
      : printer_(as_json),
        alice_(generation_4_1_8, config_of(1), host, port),
        bob_(generation_4_1_8, config_of(2), host, port) {
    alice_.trace(
        [this](PhotonSocketClient::Sent sent, Bytes bytes) { printer_.datagram("Alice", sent, bytes); });
    bob_.trace([this](PhotonSocketClient::Sent sent, Bytes bytes) { printer_.datagram("Bob", sent, bytes); });
  }

  void run() {
    connect();
    exchange_keys();
    ask_in_the_clear();
    ask_encrypted();
    enter_room();
    raise_event();
    leave();
    conclude();
  }

 private:
  /// What the server saw of the step before is printed by then, so both links can be read side by side.
  void story(const std::string& text) {
    run_together(
        {&alice_, &bob_}, [] { return false; }, settling);
    printer_.story(text);
  }

  void wait_for(const std::string& what, const std::function<bool()>& done) {
    if (!run_together({&alice_, &bob_}, done, patience)) throw std::runtime_error("did not happen: " + what);
  }

  std::size_t count(PhotonSocketClient& who, Kind kind) { return who.client().count(kind); }

  void request(PhotonSocketClient& who, const std::vector<std::uint8_t>& message, bool encrypt) {
    const Bytes body = Bytes(message).subspan(message::envelope_bytes);
    if (!who.client().message(who.now(), 2, body, 0, wire::Flags::reliable, encrypt)) {
      throw std::runtime_error("the client refused to send");
    }
  }

  void connect() {
    story("Alice and Bob connect to the gateway");
    alice_.connect();
    bob_.connect();
    wait_for("both connected",
             [this] { return alice_.client().initialised() && bob_.client().initialised(); });
  }

  void exchange_keys() {
    story("Both exchange keys: the gateway answers, the server never hears of it");
    alice_.client().exchange_keys(alice_.now());
    bob_.client().exchange_keys(bob_.now());
    wait_for("both have a key", [this] {
      return alice_.client().encryption_available() && bob_.client().encryption_available();
    });
  }

  void ask_in_the_clear() {
    story("Alice asks operation 1 in the clear: \"" + std::string(open_text) + "\"");
    request(alice_, write_operation(serialization, Operation::echo, 1, bytes_of(open_text)), false);
    wait_for("a clear response", [this] { return count(alice_, Kind::response) == 1; });
    expect(!alice_.client().last(Kind::response)->encrypted, "the answer came in the clear");
  }

  void ask_encrypted() {
    story("Alice asks operation 1 encrypted: \"" + std::string(secret_text) + "\"");
    request(alice_, write_operation(serialization, Operation::echo, 2, bytes_of(secret_text)), true);
    wait_for("an encrypted response", [this] { return count(alice_, Kind::response) == 2; });
    const ClientEvent& response = *alice_.client().last(Kind::response);
    expect(response.encrypted && contains(response.body, secret_text), "the answer came encrypted");
    story("Alice opened the answer: \"" + std::string(secret_text) + "\"");
  }

  void enter_room() {
    story("Both enter the room (operation 226), Bob encrypted");
    const auto join = write_operation(serialization, Operation::join, 0, {});
    request(alice_, join, false);
    wait_for("Alice is in the room", [this] { return count(alice_, Kind::response) == 3; });
    request(bob_, join, true);
    wait_for("Bob is in the room",
             [this] { return count(bob_, Kind::response) == 1 && count(alice_, Kind::event) > 0; });
  }

  void raise_event() {
    story("Alice raises event 200 encrypted: \"" + std::string(secret_event) + "\"");
    request(alice_, write_raise_event(serialization, event_code, bytes_of(secret_event)), true);
    const auto arrived = [this] {
      const ClientEvent* event = bob_.client().last(Kind::event);
      return event != nullptr && event->code == event_code;
    };
    wait_for("Bob has the event", arrived);
    const ClientEvent& event = *bob_.client().last(Kind::event);
    expect(event.encrypted && contains(event.body, secret_event), "the event came encrypted");
    story("Bob opened event 200: \"" + std::string(secret_event) + "\"");
  }

  void leave() {
    story("Both leave");
    alice_.client().disconnect(alice_.now());
    bob_.client().disconnect(bob_.now());
    alice_.turn();
    bob_.turn();
  }

  void conclude() {
    for (PhotonSocketClient* who : {&alice_, &bob_}) {
      for (const std::string& violation : who->client().violations()) expect(false, violation);
    }
    story("Of " + std::to_string(printer_.datagrams()) + " datagrams on the client links, " +
          std::to_string(printer_.readable()) + " contain the open text and " +
          std::to_string(printer_.leaked()) + " a secret");
    expect(printer_.readable() >= 2 && printer_.leaked() == 0, "only what is open is readable");
  }

  void expect(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error("does not hold: " + what);
  }

  Printer printer_;
  PhotonSocketClient alice_;
  PhotonSocketClient bob_;
};

}  // namespace
}  // namespace gateway::test

int main(int count, char** arguments) {
  const bool as_json = count == 4 && std::string_view(arguments[3]) == "--json";
  if (count != 3 && !as_json) {
    std::cerr << "usage: demo_client <numeric address> <port> [--json]\n";
    return 2;
  }
  try {
    gateway::test::Demo(arguments[1], static_cast<std::uint16_t>(std::stoi(arguments[2])), as_json).run();
  } catch (const std::exception& error) {
    std::cerr << "demo_client: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
