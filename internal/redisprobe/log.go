package redisprobe

import "context"

// Log takes what is for whoever debugs the check: a message and fields. None
// of it is ever secret. It has the shape of tflog.Debug.
type Log func(ctx context.Context, message string, fields ...map[string]any)

func (l Log) write(ctx context.Context, message string, fields map[string]any) {
	if l != nil {
		l(ctx, message, fields)
	}
}
