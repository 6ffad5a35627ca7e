// Package django runs the Django project of test/e2e as a deployment would: a
// server process (daphne or uvicorn) or a worker that knows nothing but the
// environment it is given, as a map or as the text of a .env file.
//
// The Python environment "e2e" (tools/setup-python.sh) has the servers and the
// newest packages before redis-py 8; [Packages] puts others in front of them.
// Every process runs in a copy of the project, on a free port of 127.0.0.1, and
// ends with its test. Where the environment is missing the test skips, or fails
// with CI set.
//
//	app := django.Start(t, map[string]string{"REDIS_URL": server.URL()})
//	chat := app.Dial(t, "/ws/chat/lobby/")
//	chat.Send(t, `{"message":"hello"}`)
//	got := chat.Receive(t)
package django
