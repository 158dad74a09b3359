#include "support/photon_generation.h"

namespace gateway::test {

const Generation generation_3_2_2{
    .name = "3.2.2",
    .version = "3.2.2.1",
    .init_header = {0x01, 0x03, 0x02, 0x01, 0x07},
    .allowance = 5,
    .rtt_initial = 300,
    .rtt_variance = 0,
    .resend_first_max = 0,
    .resend_max = 0,
    .fragment_overhead = 44,
    .send_window = 0,
    .feature_flags = 0,
    .unsequenced = false,
    .messages = false,
    .disconnect_message = false,
    .creation_order = false,
    .control_first = true,
    .resends_in_place = false,
    .ping_needs_empty_queues = true,
    .connect_sets_floor = false,
    .replaces_strange_rtt = false,
    .disconnect_carries_acks = false,
};

const Generation generation_4_0 = [] {
  Generation generation = generation_3_2_2;
  generation.name = "4.0";
  generation.version = "4.0.0.11";
  generation.init_header = {0x01, 0x04, 0x00, 0x00, 0x07};
  generation.fragment_overhead = 48;  // leaves room for the CRC
  return generation;
}();

const Generation generation_4_1_2 = [] {
  Generation generation = generation_4_0;
  generation.name = "4.1.2";
  generation.version = "4.1.2.11";
  generation.init_header = {0x1E, 0x41, 0x02, 0x0B, 0x00};
  generation.allowance = 7;
  generation.rtt_initial = 200;
  generation.rtt_variance = 5;
  generation.unsequenced = true;
  generation.messages = true;
  generation.control_first = false;
  generation.connect_sets_floor = true;
  generation.replaces_strange_rtt = true;
  generation.disconnect_carries_acks = true;
  return generation;
}();

const Generation generation_4_1_8 = [] {
  Generation generation = generation_4_1_2;
  generation.name = "4.1.8";
  generation.version = "4.1.8.3";
  generation.init_header = {0x1E, 0x41, 0x08, 0x03, 0x00};
  generation.resend_first_max = 400;
  generation.send_window = 50;
  generation.disconnect_message = true;
  generation.creation_order = true;
  generation.resends_in_place = true;
  generation.ping_needs_empty_queues = false;
  return generation;
}();

const Generation generation_5_1 = [] {
  Generation generation = generation_4_1_8;
  generation.name = "5.1";
  generation.version = "5.1.0.0";
  generation.init_header = {0x1E, 0x51, 0x00, 0x00, 0x00};
  generation.allowance = 15;
  generation.resend_max = 800;
  generation.feature_flags = 2;
  return generation;
}();

const std::array<const Generation*, 5> generations{&generation_3_2_2, &generation_4_0, &generation_4_1_2,
                                                   &generation_4_1_8, &generation_5_1};

}  // namespace gateway::test
