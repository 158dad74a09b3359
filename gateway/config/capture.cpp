#include "config/capture.h"

#include <algorithm>
#include <string>

#include "config/url.h"

namespace gateway::config {

namespace {

constexpr std::string_view directory_example = "directory: /var/lib/photon-gateway/capture";
constexpr std::string_view listener_example = "listener: master";
constexpr std::string_view client_example = "client: 203.0.113.7";
constexpr std::uint64_t file_min = std::uint64_t{64} << 10;
constexpr std::uint64_t file_max = std::uint64_t{1} << 30;

std::string read_directory(const Value& value) {
  if (value.is("off")) return {};
  const Located text = value.text(directory_example);
  if (!text.text.starts_with('/'))
    text.fail("\"directory\" must be a path that begins with /, as in " + std::string(directory_example));
  return text.text;
}

std::string read_listener(const Located& text, const std::vector<net::ListenerOptions>& listeners) {
  if (std::ranges::find(listeners, text.text, &net::ListenerOptions::name) == listeners.end())
    text.fail("no listener has the name \"" + text.text + "\"");
  return text.text;
}

}  // namespace

net::CaptureOptions read_capture(const Value& value, const std::vector<net::ListenerOptions>& listeners) {
  net::CaptureOptions capture;
  const Map map = value.map({"directory", "size", "duration", "listener", "client"});
  if (const auto directory = map.find("directory")) capture.directory = read_directory(*directory);
  if (const auto size = map.find("size")) capture.size_max = size->size(file_min, file_max);
  if (const auto duration = map.find("duration")) {
    capture.duration = duration->duration(seconds(1), hours(24));
  }
  if (const auto listener = map.find("listener"))
    capture.listener = read_listener(listener->text(listener_example), listeners);
  if (const auto client = map.find("client")) capture.client = parse_ip(client->text(client_example));
  return capture;
}

}  // namespace gateway::config
