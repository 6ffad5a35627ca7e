// Reads .env files with npm's dotenv.
//
// Usage: node read_env.cjs MODULE FILE...
//
// Prints one JSON object a file: {"vars": {name: text}} or {"error": class}.
'use strict'
const fs = require('fs')
const { parse } = require(process.argv[2])
for (const path of process.argv.slice(3)) {
  let answer
  try {
    answer = { vars: parse(fs.readFileSync(path)) }
  } catch (error) {
    answer = { error: error.name }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
