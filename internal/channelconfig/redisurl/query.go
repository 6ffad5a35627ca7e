package redisurl

import "strings"

// argument is a query argument as parse_qs finds it.
type argument struct {
	name, value string
	// nameAt and valueAt are where they start in the cleaned text.
	nameAt, valueAt int
}

// query is what parse_qs makes of a query string, one argument for each name,
// in the order of their first appearance.
type query struct {
	arguments []argument
	// duplicates and blanks count the arguments that do not count.
	duplicates, blanks int
}

// parseQuery mirrors urllib.parse.parse_qs with its defaults, followed by
// parse_url's choice of the first value. at is where text starts.
func parseQuery(text string, at int) query {
	var q query
	seen := map[string]bool{}
	for _, field := range strings.Split(text, "&") {
		name, value, _ := strings.Cut(field, "=")
		here := at
		at += len(field) + 1
		if value == "" {
			if field != "" {
				q.blanks++
			}
			continue
		}
		valueAt := here + len(name) + 1
		name = unquotePlus(name)
		if seen[name] {
			q.duplicates++
			continue
		}
		seen[name] = true
		q.arguments = append(q.arguments, argument{name, unquotePlus(value), here, valueAt})
	}
	return q
}

// find is the argument of that name, nil if there is none.
func (q *query) find(name string) *argument {
	for i := range q.arguments {
		if q.arguments[i].name == name {
			return &q.arguments[i]
		}
	}
	return nil
}
