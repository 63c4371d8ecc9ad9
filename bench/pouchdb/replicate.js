// A device's first sync: `node replicate.js URL FOLDER BATCH [plain]`. Prints how many documents came, in how many
// seconds. plain: asks for answers as CouchDB itself sends them; this server's gzip is an extra of its own.
'use strict'
const PouchDB = require('pouchdb')

function uncompressed (address, request) {
  request.headers.set('Accept-Encoding', 'identity')
  return PouchDB.fetch(address, request)
}

async function main ([url, folder, batch, plain]) {
  const began = process.hrtime.bigint()
  const remote = new PouchDB(url, plain ? { fetch: uncompressed } : {})
  const local = new PouchDB(`${folder}/shop`)
  const done = await local.replicate.from(remote, { batch_size: Number(batch) })
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  const { doc_count: documents } = await local.info()
  await local.close()
  console.log(JSON.stringify({ ok: done.ok, documents, seconds }))
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error)
  process.exit(1)
})
