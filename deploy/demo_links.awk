# Reads the JSON lines of demo_client and demo_server in the order they were written and prints both links side by side,
# step by step: left what an eavesdropper on the clients' link sees, right what the server receives and sends.

function field(line, key,    start, i, c, text) {   # the text of "key":"…", unescaped
  start = index(line, "\"" key "\":\"")
  if (start == 0) return ""
  for (i = start + length(key) + 4; (c = substr(line, i, 1)) != "\"" && c != ""; ++i) {
    if (c == "\\") c = substr(line, ++i, 1)
    text = text c
  }
  return text
}

function put_left(text) {
  for (; length(text) > width; text = "          " substr(text, width + 1)) left[lefts++] = substr(text, 1, width)
  left[lefts++] = text
}

function put_right(text) {
  for (; length(text) > width; text = "    " substr(text, width + 1)) right[rights++] = substr(text, 1, width)
  right[rights++] = text
}

function show_step(    i, rows) {
  rows = lefts > rights ? lefts : rights
  for (i = 0; i < rows; ++i) {
    printf "  %-" width "s | %s\n", (i < lefts ? left[i] : ""), (i < rights ? right[i] : "")
  }
  lefts = rights = 0
}

function client_line(line,    parts, count, i, text, arrow, bytes, shown) {
  arrow = field(line, "direction") == "to_server" ? "->" : "<-"
  text = field(line, "view")
  gsub(/…/, "...", text)
  count = split(text, parts, /; /)
  for (i = 1; i <= count; ++i) {
    text = parts[i]
    if (text ~ /^(Ack|ServerTime|Ping)/) continue        # how datagrams are delivered is not the point here
    sub(/ *\(channel [0-9]+, number [0-9]+\)$/, "", text)
    shown = ""
    if (match(text, /: [0-9a-f.]+ *\|/)) {               # bytes in hex and as characters
      bytes = substr(text, RSTART + 2)
      text = substr(text, 1, RSTART - 1)
      shown = substr(bytes, index(bytes, "|"))
      if (text ~ /ENCRYPTED|key/) {
        bytes = substr(bytes, 1, index(bytes, " ") - 1)
        shown = length(bytes) > 56 ? substr(bytes, 1, 56) ".." : bytes
      }
    }
    put_left(sprintf("%-5s %s %s", field(line, "who"), arrow, text))
    if (shown != "") put_left("         " shown)
  }
}

function server_line(line,    code) {
  if (field(line, "direction") == "") return
  match(line, /"code":[0-9]+/)
  code = substr(line, RSTART + 7, RLENGTH - 7)
  put_right(sprintf("%-8s %s%s, %s", field(line, "direction"), field(line, "type"),
                    field(line, "type") ~ /^Init/ ? "" : " " code,
                    line ~ /"encrypted":true/ ? "ENCRYPTED" : "in the clear"))
  put_right("         |" field(line, "ascii") "|")
}

BEGIN {
  width = 68
  printf "  %-" width "s | %s\n", "ON THE WAY BETWEEN CLIENT AND GATEWAY", "WHAT THE SERVER RECEIVES AND SENDS"
}
/"link":"story"/ { show_step(); printf "\n# %s\n", field($0, "view"); next }
/"link":"client"/ { client_line($0) }
/"link":"server"/ { server_line($0) }
END { show_step() }
