// Package canary makes secrets that can be recognised wherever they turn up,
// and finds them there: whole or in pieces, in clear or in any encoding that
// programs write texts in by accident.
//
// A [Secret] is made of letters that neither words, nor numbers, nor
// hexadecimal digits are made of, and each place has one of its own, so six
// letters of it in a row tell which secret has leaked, and nothing else is
// mistaken for one.
package canary
