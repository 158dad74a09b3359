#include "support/recordings.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <zlib.h>

#include <boost/json/parse.hpp>
#include <botan/hash.h>

#include "support/vectors.h"

namespace gateway::test {

namespace {

namespace json = boost::json;

constexpr std::string_view extension = ".jsonl.gz";

std::string read_gzip(const std::string& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), &gzclose);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::string text;
  std::array<char, 65536> piece{};
  int count = 0;
  while ((count = gzread(file.get(), piece.data(), piece.size())) > 0) {
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  if (count < 0) throw std::runtime_error("broken gzip: " + path);
  return text;
}

std::string text_of(const json::object& line, std::string_view field) {
  return std::string(line.at(field).as_string());
}

std::vector<std::uint8_t> bytes_of(const json::object& line, std::string_view field) {
  return from_hex(line.at(field).as_string());
}

template <class T>
std::optional<T> number_of(const json::object& line, std::string_view field) {
  const auto* value = line.if_contains(field);
  if (value == nullptr) return std::nullopt;
  return value->to_number<T>();
}

Direction direction_of(const json::object& line) {
  return line.at("dir").as_string() == "c2s" ? Direction::to_server : Direction::to_client;
}

void read_header(const json::object& line, Recording& recording) {
  recording.transport = line.at("transport").as_string() == "tcp" ? Transport::tcp : Transport::udp;
  recording.library = text_of(line, "library");
  recording.serialization = text_of(line, "serialization");
  recording.closed = text_of(line, "closed");
  recording.init = bytes_of(line, "init");
  for (const auto& entry : line.at("key_exchanges").as_array()) {
    const auto& exchange = entry.as_object();
    recording.key_exchanges.push_back({bytes_of(exchange, "server_private"),
                                       bytes_of(exchange, "server_public"),
                                       bytes_of(exchange, "client_public"),
                                       bytes_of(exchange, "shared_secret"), bytes_of(exchange, "aes_key")});
  }
}

RecordedDatagram read_datagram(const json::object& line) {
  return {direction_of(line), line.at("ms").to_number<double>(), bytes_of(line, "hex")};
}

RecordedMessage read_message(const json::object& line) {
  RecordedMessage message;
  message.direction = direction_of(line);
  message.ms = number_of<double>(line, "ms").value_or(0);
  message.channel = line.at("channel").to_number<std::uint8_t>();
  message.reliable = line.at("reliable").as_bool();
  message.unsequenced = line.at("unsequenced").as_bool();
  message.encrypted = line.at("encrypted").as_bool();
  message.text_init = line.contains("whole");
  message.type = number_of<std::uint8_t>(line, "type").value_or(0);
  if (message.text_init) message.body = bytes_of(line, "whole");
  if (line.contains("body")) message.body = bytes_of(line, "body");
  if (line.contains("sha256")) message.sha256 = text_of(line, "sha256");
  message.length = message.body ? message.body->size() : line.at("length").to_number<std::size_t>();
  message.operation = number_of<std::uint8_t>(line, "operation");
  message.event = number_of<std::uint8_t>(line, "event");
  message.return_code = number_of<std::int16_t>(line, "return_code");
  return message;
}

void read_line(const json::object& line, Recording& recording) {
  const auto& kind = line.at("kind").as_string();
  if (kind == "header") return read_header(line, recording);
  if (kind == "datagram") {
    recording.datagrams.push_back(read_datagram(line));
  } else if (kind == "chunk") {
    recording.chunks.push_back(read_datagram(line));
  } else if (kind == "message") {
    recording.messages.push_back(read_message(line));
  } else {
    throw std::runtime_error("unknown kind of line in recording " + recording.name);
  }
}

}  // namespace

bool RecordedMessage::has_body(Bytes clear) const {
  if (clear.size() != length) return false;
  if (body) return std::ranges::equal(*body, clear);
  const auto hash = Botan::HashFunction::create_or_throw("SHA-256");
  hash->update(clear.data(), clear.size());
  return to_hex(hash->final()) == sha256;
}

std::vector<std::string> recording_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(data_path("recordings"))) {
    const std::string file = entry.path().filename();
    if (file.ends_with(extension)) names.push_back(file.substr(0, file.size() - extension.size()));
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> recording_names(Transport transport) {
  auto names = recording_names();
  const std::string_view part = transport == Transport::tcp ? "-tcp-" : "-udp-";
  std::erase_if(names, [part](const std::string& name) { return name.find(part) == std::string::npos; });
  return names;
}

Recording load_recording(std::string_view name) {
  Recording recording;
  recording.name = name;
  const std::string text = read_gzip(data_path("recordings/" + recording.name + std::string(extension)));
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    read_line(json::parse(std::string_view(text).substr(begin, end - begin)).as_object(), recording);
    begin = end + 1;
  }
  return recording;
}

std::vector<std::uint8_t> stream_of(const Recording& recording, Direction direction) {
  std::vector<std::uint8_t> stream;
  for (const auto& chunk : recording.chunks) {
    if (chunk.direction == direction) stream.insert(stream.end(), chunk.bytes.begin(), chunk.bytes.end());
  }
  return stream;
}

}  // namespace gateway::test
