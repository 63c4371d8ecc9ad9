// A CouchDB-compatible server on loopback: `node serve.js FOLDER DOCUMENTS`, one JSON document a line.
// Prints its port when all documents are in, and serves until its stdin ends.
'use strict'
const fs = require('node:fs')
const readline = require('node:readline')
const express = require('express')
const PouchDB = require('pouchdb')
const expressPouchDB = require('express-pouchdb')

const BATCH = 5000

async function fill (database, documents) {
  let waiting = []
  for await (const line of readline.createInterface({ input: fs.createReadStream(documents) })) {
    waiting.push(JSON.parse(line))
    if (waiting.length === BATCH) {
      await database.bulkDocs(waiting)
      waiting = []
    }
  }
  await database.bulkDocs(waiting)
}

async function main ([folder, documents]) {
  const Stored = PouchDB.defaults({ prefix: `${folder}/` })
  await fill(new Stored('shop'), documents)
  const app = express()
  app.use(expressPouchDB(Stored, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: `${folder}/log.txt` }))
  const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
  process.stdin.on('end', () => process.exit(0)).resume()
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error)
  process.exit(1)
})
