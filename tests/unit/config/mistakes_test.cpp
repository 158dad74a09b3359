// What an operator can get wrong, and the sentence that says so. Each case gives the position of the mistake
// and the words that must be in the sentence.

#include <ostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace gateway::config {
namespace {

const std::string listeners = "listeners: [{ name: a, listen: \"udp://127.0.0.1:5055\", upstream: b }]\n";
const std::string upstreams = "upstreams: { b: { servers: [\"udp://127.0.0.1:15055\"] } }\n";
const std::string head = "version: 1\n" + listeners + upstreams;  // three lines, so what follows is on line 4

struct Mistake {
  const char* name;
  std::string text;
  std::string position;  // "line:column"
  std::string sentence;  // a part of it
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.text;
}

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreToldWithTheirPosition) {
  const Mistake& mistake = GetParam();
  try {
    load_text(mistake.text, "f.yaml");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("f.yaml:" + mistake.position + ": "));
    EXPECT_THAT(error.what(), testing::HasSubstr(mistake.sentence));
  }
}

std::string with_listener(const std::string& fields) {
  return "version: 1\nlisteners:\n  - { " + fields + " }\n" + upstreams;
}

std::string with_listeners(const std::string& first, const std::string& second) {
  return "version: 1\nlisteners:\n  - { " + first + " }\n  - { " + second + " }\n" + upstreams;
}

const std::string tls = "tls: { certificate: \"file:/a.crt\", key: \"file:/a.key\" }";

std::string with_wss(const std::string& more) {
  return "version: 1\nlisteners: [{ name: a, listen: \"wss://127.0.0.1:1\", upstream: b" + more +
         " }]\nupstreams: { b: { servers: [\"ws://127.0.0.1:2\"] } }\n";
}

std::string with_servers(const std::string& servers) {
  return "version: 1\n" + listeners + "upstreams:\n  b: { servers: " + servers + " }\n";
}

const Mistake file_mistakes[] = {
    {"Empty", "", "1:1", "the configuration is empty"},
    {"OnlyComments", "# nothing\n", "1:1", "the configuration is empty"},
    {"NotYaml", "version: [1\n", "2:1", "not YAML: "},
    {"Tab", "version: 1\n\tlisteners: []\n", "2:1", "not YAML: "},
    {"CommaAtTheBeginning", ", version: 1\n", "1:1", "not YAML: a comma outside of [ ] and { }"},
    {"CommaAtTheEnd", head + ", threads: 1\n", "4:1", "not YAML: "},
    {"TwoDocuments", head + "---\n" + head, "4:1", "more than one YAML document"},
    {"RootIsList", "- version: 1\n", "1:1", "\"configuration\" must be a map"},
    {"RootIsWord", "version\n", "1:1", "\"configuration\" must be a map"},
    {"NoVersion", listeners + upstreams, "1:1", "the key \"version\" is missing here; write version: 1"},
    {"OtherVersion", "version: 2\n" + listeners + upstreams, "1:10",
     "reads version 1 of the configuration only"},
    {"VersionIsWord", "version: one\n" + listeners + upstreams, "1:10", "must be a whole number"},
    {"NoListeners", "version: 1\n" + upstreams, "1:1",
     "the key \"listeners\" is missing here; write listeners: [{"},
    {"NoUpstreams", "version: 1\n" + listeners, "1:1",
     "the key \"upstreams\" is missing here; write upstreams: {"},
    {"UnknownRootKey", head + "limit: {}\n", "4:1",
     "unknown key \"limit\" in \"configuration\"; did you mean \"limits\"?"},
    {"UnknownRootKeyFarFromAll", head + "colour: red\n", "4:1",
     "; known here: version, listeners, upstreams"},
    {"RepeatedRootKey", head + "threads: 1\nthreads: 2\n", "5:1",
     "the key \"threads\" in \"configuration\" is already at f.yaml:4:1"},
    {"KeyIsList", head + "[a, b]: 1\n", "4:1", "must be a map with words as keys"},
    {"MergeKey", head + "<<: { threads: 1 }\n", "4:1", "unknown key \"<<\""},
};

const Mistake link_mistakes[] = {
    {"ListenersIsMap", "version: 1\nlisteners: { a: 1 }\n" + upstreams, "2:12",
     "\"listeners\" must be a list"},
    {"ListenersEmpty", "version: 1\nlisteners: []\n" + upstreams, "2:12", "\"listeners\" is empty"},
    {"ListenersNull", "version: 1\nlisteners:\n" + upstreams, "2:1", "\"listeners\" must be a list"},
    {"ListenerWithoutName", with_listener("listen: \"udp://127.0.0.1:1\", upstream: b"), "3:5",
     "the key \"name\" is missing here; write name: master"},
    {"ListenerWithoutListen", with_listener("name: a, upstream: b"), "3:5",
     "the key \"listen\" is missing here"},
    {"ListenerWithoutUpstream", with_listener("name: a, listen: \"udp://127.0.0.1:1\""), "3:5",
     "the key \"upstream\" is missing here"},
    {"ListenerUnknownKey", with_listener("nmae: a, listen: \"udp://127.0.0.1:1\", upstream: b"), "3:7",
     "did you mean \"name\"?"},
    {"ListenerName", with_listener("name: Game 1, listen: \"udp://127.0.0.1:1\", upstream: b"), "3:13",
     "\"Game 1\" is no name; a name is 1 to 63 of a-z, 0-9, - and _"},
    {"ListenerNameTooLong",
     with_listener("name: " + std::string(64, 'a') + ", listen: \"udp://127.0.0.1:1\", upstream: b"), "3:13",
     "is no name"},
    {"ListenerUnknownUpstream", with_listener("name: a, listen: \"udp://127.0.0.1:1\", upstream: bb"), "3:55",
     "there is no upstream \"bb\"; did you mean \"b\"?"},
    {"ListenWithoutScheme", with_listener("name: a, listen: \"127.0.0.1:1\", upstream: b"), "3:24",
     "has no scheme"},
    {"ListenPortZero", with_listener("name: a, listen: \"udp://127.0.0.1:0\", upstream: b"), "3:24",
     "\"0\" is no port; it must be a number from 1 to 65535"},
    {"ListenOverHttp", with_listener("name: a, listen: \"http://127.0.0.1:1\", upstream: b"), "3:24",
     "http:// is only for the admin port; write a URL such as udp://127.0.0.1:5055"},
    {"ListenOnTcpWithUdpServers", with_listener("name: a, listen: \"tcp://127.0.0.1:1\", upstream: b"),
     "3:24",
     "a listener of tcp:// needs servers of tcp://, but upstream \"b\" has udp://127.0.0.1:15055 at "
     "f.yaml:4:29"},
    {"TwoListenersOfOneName",
     with_listeners("name: a, listen: \"udp://127.0.0.1:1\", upstream: b",
                    "name: a, listen: \"udp://127.0.0.1:2\", upstream: b"),
     "4:13", "the name \"a\" is already used at f.yaml:3:13"},
    {"TwoListenersOnOneAddress",
     with_listeners("name: a, listen: \"udp://127.0.0.1:1\", upstream: b",
                    "name: c, listen: \"udp://[::ffff:127.0.0.1]:1\", upstream: b"),
     "4:24", "as listener \"a\" at f.yaml:3:24 does"},
    {"UpstreamsIsList", "version: 1\n" + listeners + "upstreams: []\n", "3:12",
     "\"upstreams\" must be a map"},
    {"UpstreamsEmpty", "version: 1\n" + listeners + "upstreams: {}\n", "3:12", "\"upstreams\" is empty"},
    {"UpstreamName", "version: 1\n" + listeners + "upstreams:\n  B: { servers: [\"udp://127.0.0.1:1\"] }\n",
     "4:3", "\"B\" is no name"},
    {"UpstreamRepeated",
     "version: 1\n" + listeners +
         "upstreams:\n  b: { servers: [\"udp://127.0.0.1:1\"] }\n  b: { servers: [\"udp://127.0.0.1:2\"] }\n",
     "5:3", "the key \"b\" in \"upstreams\" is already at f.yaml:4:3"},
    {"ServersMissing", "version: 1\n" + listeners + "upstreams:\n  b: {}\n", "4:6",
     "the key \"servers\" is missing here"},
    {"ServersEmpty", with_servers("[]"), "4:3", "upstream \"b\" has no servers; write servers: ["},
    {"ServersIsText", with_servers("\"udp://127.0.0.1:1\""), "4:17", "\"servers\" must be a list"},
    {"ServerOnTcp", with_servers("[\"tcp://127.0.0.1:1\"]"), "2:32",
     "but upstream \"b\" has tcp://127.0.0.1:1"},
    {"ServerOverHttp", with_servers("[\"http://127.0.0.1:1\"]"), "4:18",
     "http:// is only for the admin port"},
    {"ServerOverWss", with_servers("[\"wss://127.0.0.1:1\"]"), "4:18",
     "no server is reached over wss://: the link to servers carries no TLS; listeners of ws:// and wss:// "
     "need servers of ws://"},
    {"ServersOfTwoTransports", with_servers("[\"udp://127.0.0.1:1\", \"tcp://127.0.0.1:1\"]"), "4:39",
     "tcp://127.0.0.1:1 stands beside udp://127.0.0.1:1 at f.yaml:4:18; give it an upstream of its own"},
    {"ServerUnknownKey", with_servers("[{ adress: \"udp://127.0.0.1:1\" }]"), "4:20",
     "did you mean \"address\"?"},
    {"ServerTrustedIsWord", with_servers("[{ address: \"udp://127.0.0.1:1\", trusted: yes }]"), "4:59",
     "\"trusted\" must be one of true | false, not \"yes\""},
    {"ServerPublic", with_servers("[\"udp://203.0.113.9:5055\"]"), "4:18",
     "the link to udp://203.0.113.9:5055 (203.0.113.9) leaves private networks"},
    {"ServerPublicMapped", with_servers("[\"udp://[::ffff:203.0.113.9]:5055\"]"), "4:18",
     "leaves private networks"},
    {"ServerNotTrusted", with_servers("[{ address: \"udp://203.0.113.9:5055\", trusted: false }]"), "4:29",
     "leaves private networks"},
    {"ServerTwice", with_servers("[\"udp://127.0.0.1:1\", \"udp://127.0.0.1:1\"]"), "4:39",
     "is already in upstream \"b\""},
    {"ServerIsTheListener", with_servers("[\"udp://127.0.0.1:5055\"]"), "4:18",
     "is the gateway itself: listener \"a\" listens on udp://127.0.0.1:5055"},
    {"ServerIsTheListenerOnAnyAddress",
     "version: 1\nlisteners: [{ name: a, listen: \"udp://0.0.0.0:5055\", upstream: b }]\n"
     "upstreams: { b: { servers: [\"udp://127.0.0.1:5055\"] } }\n",
     "3:29", "is the gateway itself"},
    {"ServerLinkLocal", with_servers("[\"udp://[fe80::1]:5055\"]"), "4:18", "is a link-local address"},
    {"ServerUnresolvable", with_servers("[\"udp://no-such-host.invalid:1\"]"), "4:18",
     "\"no-such-host.invalid\" can't be resolved"},
};

const Mistake tls_mistakes[] = {
    {"None", with_wss(""), "2:32",
     "a listener of wss:// needs a certificate; add tls: { certificate: "
     "\"file:/etc/photon-gateway/tls.crt\", key: \"file:/etc/photon-gateway/tls.key\" }"},
    {"OnUdp", with_listener("name: a, listen: \"udp://127.0.0.1:1\", upstream: b, " + tls), "3:63",
     "tls is for listeners of wss:// only; leave it out, or listen on wss:// instead of udp://"},
    {"IsPath", with_wss(", tls: file:/a.pem"), "2:71", "\"tls\" must be a map"},
    {"WithoutKey", with_wss(", tls: { certificate: file:/a.crt }"), "2:71",
     "the key \"key\" is missing here; write key: \"file:/etc/photon-gateway/tls.key\""},
    {"WithoutCertificate", with_wss(", tls: { key: file:/a.key }"), "2:71",
     "the key \"certificate\" is missing here"},
    {"UnknownKey", with_wss(", tls: { cert: file:/a.crt, key: file:/a.key }"), "2:73",
     "unknown key \"cert\" in \"tls\""},
    {"CertificateWithoutFile", with_wss(", tls: { certificate: /a.crt, key: file:/a.key }"), "2:86",
     "\"certificate\" must be file: and the path of a PEM file, as in certificate: "
     "\"file:/etc/photon-gateway/tls.crt\""},
    {"KeyWithoutFile", with_wss(", tls: { certificate: file:/a.crt, key: /a.key }"), "2:104",
     "\"key\" must be file: and the path of a PEM file, as in key: \"file:/etc/photon-gateway/tls.key\""},
    {"KeyWithoutPath", with_wss(", tls: { certificate: file:/a.crt, key: \"file:\" }"), "2:104",
     "\"key\" must be file: and the path"},
};

const Mistake value_mistakes[] = {
    {"LimitsIsNull", head + "limits:\n", "4:1", "\"limits\" must be a map"},
    {"UnknownLimit", head + "limits: { session: 1 }\n", "4:11",
     "unknown key \"session\" in \"limits\"; did you mean \"sessions\"?"},
    {"SessionsZero", head + "limits: { sessions: 0 }\n", "4:21",
     "\"sessions\" must be a number from 1 to 10000000, not 0"},
    {"SessionsNegative", head + "limits: { sessions: -1 }\n", "4:21",
     "must be a whole number, as in sessions: 1"},
    {"SessionsIsList", head + "limits: { sessions: [1] }\n", "4:21", "must be a whole number"},
    {"SizeWithoutUnit", head + "limits: { message_size: 1024 }\n", "4:25",
     "\"message_size\" must be a size with its unit (B, KiB, MiB, GiB), as in message_size: 64KiB, not "
     "\"1024\""},
    {"SizeTooSmall", head + "limits: { message_size: 1B }\n", "4:25",
     "must be a size from 1KiB to 2MiB, not 1B"},
    {"MemoryTooSmall", head + "limits: { memory: 1MiB }\n", "4:19",
     "\"memory\" must be a size from 16MiB to 1024GiB, not 1MiB"},
    {"MemoryWithoutUnit", head + "limits: { memory: 1 }\n", "4:19",
     "\"memory\" must be a size with its unit (B, KiB, MiB, GiB), as in memory: 64KiB, not \"1\""},
    {"BufferedTooSmall", head + "limits: { per_session: { buffered: 512KiB } }\n", "4:9",
     "\"buffered\" must be at least twice \"message_size\""},
    {"MessagesWithoutUnit", head + "limits: { per_session: { messages: 5000 } }\n", "4:36",
     "\"messages\" must be a rate with its unit (/s), as in messages: 2000/s, not \"5000\""},
    {"MessagesZero", head + "limits: { per_session: { messages: 0/s } }\n", "4:36",
     "must be a rate from 1/s to 1000000/s, not 0/s"},
    {"CommandsFewerThanMessages", head + "limits: { per_session: { messages: 3000/s, commands: 2000/s } }\n",
     "4:54", "\"commands\" must be at least \"messages\""},
    {"CommandsTooFew", head + "limits: { per_session: { commands: 1/s } }\n", "4:36",
     "\"commands\" must be a rate from 1000/s to 10000000/s, not 1/s"},
    {"UnreliableTooSmall", head + "limits: { per_session: { unreliable_buffered: 1KiB } }\n", "4:47",
     "must be a size from 2KiB to 16MiB, not 1KiB"},
    {"ReorderDistanceTooSmall", head + "limits: { per_session: { reorder_distance: 1 } }\n", "4:44",
     "\"reorder_distance\" must be a number from 128 to 65536, not 1"},
    {"AssembliesZero", head + "limits: { per_session: { assemblies: 0 } }\n", "4:38",
     "\"assemblies\" must be a number from 1 to 1000, not 0"},
    {"HalfOpenIsOff", head + "limits: { half_open: off }\n", "4:22", "must be a whole number"},
    {"RegionPingsWithoutUnit", head + "limits: { region_pings: 100 }\n", "4:25",
     "\"region_pings\" must be a rate with its unit (/s), as in region_pings: 2000/s, not \"100\""},
    {"BlockIsNumber", head + "limits: { block: 20 }\n", "4:18",
     "\"block\" must be a map or off, as in block: { violations: 100, within: 1m, for: 1m }, or block: off"},
    {"BlockUnknownKey", head + "limits: { block: { violation: 1 } }\n", "4:20",
     "did you mean \"violations\"?"},
    {"BlockForever", head + "limits: { block: { for: 48h } }\n", "4:25",
     "must be a duration from 1s to 24h, not 48h"},
    {"ExemptIsNetwork", head + "limits: { exempt: [10.0.0.0/8] }\n", "4:20", "\"10.0.0.0/8\" is no address"},
    {"DurationWithoutUnit", head + "timeouts: { silence: 30 }\n", "4:22",
     "\"silence\" must be a duration with its unit (ms, s, m, h), as in silence: 30s, not \"30\""},
    {"DurationUnknownUnit", head + "timeouts: { init: 30sec }\n", "4:19", "must be a duration with its unit"},
    {"DurationTooLong", head + "timeouts: { connect: 1h }\n", "4:22",
     "must be a duration from 100ms to 5m, not 1h"},
    {"RateWithoutUnit", head + "encryption: { key_exchange: { rate: 5 } }\n", "4:37",
     "\"rate\" must be a rate with its unit (/s), as in rate: 2000/s, not \"5\""},
    {"RatePerAddress", head + "encryption: { key_exchange: { per_address: 0/s } }\n", "4:44",
     "\"per_address\" must be a rate from 1/s to 1000000/s, not 0/s"},
    {"ExchangeQueueZero", head + "encryption: { key_exchange: { queue: 0 } }\n", "4:38",
     "\"queue\" must be a number from 1 to 1000000, not 0"},
    {"ExchangeWaitTooLong", head + "encryption: { key_exchange: { wait: 1h } }\n", "4:37",
     "\"wait\" must be a duration from 10ms to 1m, not 1h"},
    {"Responses", head + "encryption: { responses: stikcy }\n", "4:26",
     "\"responses\" must be one of sticky | match | all, not \"stikcy\"; did you mean \"sticky\"?"},
    {"EventCode", head + "encryption: { listed_events: [256] }\n", "4:31",
     "\"listed_events\" must be a number from 0 to 255, not 256"},
    {"ListedEventsIsNumber", head + "encryption: { listed_events: 200 }\n", "4:30", "must be a list"},
    {"ListedWithoutList", head + "encryption: { events: listed }\n", "4:23", "add listed_events: [200, 201]"},
    {"AdminIsWord", head + "admin: on\n", "4:8", "\"admin\" must be a map or off"},
    {"AdminScheme", head + "admin: { listen: \"udp://127.0.0.1:1\" }\n", "4:18",
     "the admin port speaks http only"},
    {"AdminUnknownKey", head + "admin: { listne: \"http://127.0.0.1:1\" }\n", "4:10",
     "did you mean \"listen\"?"},
    {"LogLevel", head + "log: { level: warning }\n", "4:15",
     "must be one of trace | debug | info | warn | error, not \"warning\""},
    {"Threads", head + "threads: many\n", "4:10", "\"threads\" must be a whole number"},
    {"NestedDeeper", head + "encryption:\n  key_exchange:\n    per_sesion: 4\n", "6:5",
     "unknown key \"per_sesion\" in \"key_exchange\"; did you mean \"per_session\"?"},
};

std::string case_name(const testing::TestParamInfo<Mistake>& info) {
  return info.param.name;
}

TEST(MistakesOfTls, DoNotRepeatAKeyThatWasWrittenIntoTheFile) {
  try {
    load_text(with_wss(", tls: { certificate: file:/a.crt, key: BEGIN-PRIVATE-KEY }"), "f.yaml");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("BEGIN")));
  }
}

INSTANTIATE_TEST_SUITE_P(OfTheFile, Mistakes, testing::ValuesIn(file_mistakes), case_name);
INSTANTIATE_TEST_SUITE_P(OfLinks, Mistakes, testing::ValuesIn(link_mistakes), case_name);
INSTANTIATE_TEST_SUITE_P(OfTls, Mistakes, testing::ValuesIn(tls_mistakes), case_name);
INSTANTIATE_TEST_SUITE_P(OfValues, Mistakes, testing::ValuesIn(value_mistakes), case_name);

}  // namespace
}  // namespace gateway::config
