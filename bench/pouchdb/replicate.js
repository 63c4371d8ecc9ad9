// A device's first sync: `node replicate.js URL FOLDER BATCH`. Prints how many documents came, and in how many seconds.
'use strict'
const PouchDB = require('pouchdb')

async function main ([url, folder, batch]) {
  const began = process.hrtime.bigint()
  const local = new PouchDB(`${folder}/shop`)
  const done = await local.replicate.from(url, { batch_size: Number(batch) })
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  const { doc_count: documents } = await local.info()
  await local.close()
  console.log(JSON.stringify({ ok: done.ok, documents, seconds }))
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error)
  process.exit(1)
})
