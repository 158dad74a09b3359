#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/photon_values.h"

namespace gateway::test {

/// What the servers of one LoadBalancing application know together: who was let in, what they call each
/// other, and on which game server each room is. May be used from the threads of all of them.
class LoadBalancing {
 public:
  struct Region {
    std::string code;
    std::string address;
  };
  /// What the servers tell clients.
  struct Names {
    std::string master;
    std::vector<std::string> games;
    std::vector<Region> regions;
    StringsForm form = StringsForm::array;  // of the regions
  };
  /// A player in a room, as the game server saw it.
  struct Entered {
    std::size_t game = 0;
    std::string room;
    std::string user;
  };

  void names(Names names);
  Names names() const;

  /// The token of a player who is let in.
  std::string admit(const std::string& user);
  /// Whose token it is; empty when nobody was given it.
  std::optional<std::string> user_of(const std::string& token) const;
  /// The key of payload encryption that goes with a token.
  static std::vector<std::uint8_t> key_of(const std::string& token);

  // Of the master

  /// Places a new room on the next game server, by turns; empty when there is one of this name.
  std::optional<std::size_t> create(const std::string& room);
  /// The game server that a room was placed on.
  std::optional<std::size_t> find(const std::string& room) const;
  /// Any room there is.
  std::optional<std::string> any_room() const;

  // Of the game servers

  void enter(const Entered& entered);
  bool is_open(std::size_t game, const std::string& room) const;
  /// Everybody who ever came, in order.
  std::vector<Entered> entered() const;

 private:
  mutable std::mutex mutex_;
  Names names_;
  std::map<std::string, std::string> users_;  // by token
  std::map<std::string, std::size_t> rooms_;
  std::vector<Entered> entered_;
};

/// Which of those servers one is.
struct ServerPart {
  enum class Role : std::uint8_t { none, name, master, game };
  Role role = Role::none;
  LoadBalancing* application = nullptr;  // of all roles but none; outlives the server
  std::size_t game = 0;                  // which of the game servers
};

}  // namespace gateway::test
