# Whether the app's WebSocket opens, as a browser of its users would find it.
check "websocket" {
  data "channels_websocket" "chat" {
    url     = "wss://www.example.com/ws/chat/lobby/"
    send    = jsonencode({ message = "ping" })
    expect  = "ping"
    timeout = "5s"
  }

  assert {
    condition     = data.channels_websocket.chat.replied
    error_message = "The chat does not answer: ${coalesce(data.channels_websocket.chat.error, "no reason given")}."
  }
}
