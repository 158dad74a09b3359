#include "wire/datagram.h"

#include <algorithm>
#include <cassert>

#include <boost/crc.hpp>

namespace gateway::wire {

namespace {

constexpr std::uint8_t flags_plain = 0x00;
constexpr std::uint8_t flags_encrypted = 0x01;
constexpr std::uint8_t flags_crc = 0xCC;
constexpr std::size_t crc_offset = header_bytes;

// CRC-32 as in zip, but without the final inversion.
using Crc = boost::crc_optimal<32, 0x04C11DB7, 0xFFFFFFFF, 0, true, true>;

void write_header(MutableBytes out, const DatagramHeader& header) {
  ByteWriter writer(out);
  writer.u16(header.peer);
  writer.u8(header.crc ? flags_crc : flags_plain);
  writer.u8(header.command_count);
  writer.u32(header.sent_time);
  writer.u32(header.challenge);
}

}  // namespace

Result<Datagram> parse_datagram(Bytes bytes) {
  ByteReader in(bytes);
  DatagramHeader header;
  header.peer = in.u16();
  const std::uint8_t flags = in.u8();
  header.command_count = in.u8();
  header.sent_time = in.u32();
  header.challenge = in.u32();
  header.crc = flags == flags_crc;
  const std::uint32_t crc = header.crc ? in.u32() : 0;
  if (flags == flags_encrypted) return Error::datagram_encrypted;
  if (!in.ok()) return Error::datagram_truncated;
  if (flags != flags_plain && flags != flags_crc) return Error::datagram_flags;
  if (header.crc && crc != datagram_crc(bytes)) return Error::datagram_crc;
  return Datagram{header, in.bytes(in.remaining())};
}

bool is_region_ping(Bytes bytes) {
  constexpr std::uint8_t mark = 0x7D;
  return bytes.size() == 13 && std::ranges::all_of(bytes.first(12), [](std::uint8_t b) { return b == mark; });
}

std::uint32_t datagram_crc(Bytes datagram) {
  constexpr std::uint8_t zeros[crc_bytes] = {};
  const Bytes head = datagram.first(std::min(datagram.size(), crc_offset));
  Crc crc;
  crc.process_bytes(head.data(), head.size());
  if (datagram.size() < header_bytes_max) return crc.checksum();
  const Bytes rest = datagram.subspan(header_bytes_max);
  crc.process_bytes(zeros, crc_bytes);
  crc.process_bytes(rest.data(), rest.size());
  return crc.checksum();
}

DatagramWriter::DatagramWriter(MutableBytes out, const DatagramHeader& header)
    : out_(out), header_(header), writer_(out) {
  assert(out.size() >= header_bytes_max);
  header_.command_count = 0;
  writer_.reserve(header.crc ? header_bytes_max : header_bytes);
}

std::size_t DatagramWriter::finish() {
  assert(writer_.ok());
  if (header_.command_count == 0) return 0;
  write_header(out_, header_);
  const std::size_t length = writer_.position();
  if (header_.crc) ByteWriter(out_.subspan(crc_offset)).u32(datagram_crc(out_.first(length)));
  return length;
}

}  // namespace gateway::wire
