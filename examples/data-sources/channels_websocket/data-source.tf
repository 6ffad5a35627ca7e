# Whether the app's WebSocket opens, as a browser of its users would find it.
check "websocket" {
  data "channels_websocket" "chat" {
    url     = "wss://www.example.com/ws/chat/lobby/"
    send    = jsonencode({ message = "ping" })
    expect  = "ping"
    timeout = "5s"
  }

  assert {
    condition = data.channels_websocket.chat.replied
    error_message = coalesce(
      join("\n\n", [for f in data.channels_websocket.chat.findings : "${f.summary} (${f.id})\n${f.detail}\n\nFix: ${f.fix}"]),
      data.channels_websocket.chat.error,
      "The chat does not answer.",
    )
  }
}
