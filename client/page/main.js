// One script, three places: a page, a worker of it, and tests.
import { edges } from './data.js';
import { base64, leafHash, unbase64 } from './bytes.js';
import { readCheckpoint } from './checkpoints.js';
import { contradictions, thingOf } from './contradictions.js';
import { looseJson, strictJson } from './json.js';
import { engineName, readEdges, selfTest, verify, vkeyOf } from './keys.js';
import { noteParts } from './notes.js';
import { commitOf, readOpening, sealFor, verifyDisclosure } from './openings.js';
import { readPolicy } from './policies.js';
import { verifyReceipt } from './receipts.js';
import { verifyAnswer } from './answers.js';
import { verifyEvidence } from './evidence.js';
import { skeleton } from './index_keys.js';
import { startPage } from './app.js';
import { rememberScript, startWorker } from './working.js';
import { Replay } from './replay.js';

const ready = selfTest(readEdges(edges));

// What tests call.
globalThis.bitacora = { ready, selfTest, engineName, readEdges, verify, vkeyOf, base64, unbase64, leafHash,
                        readCheckpoint, contradictions, thingOf, looseJson, strictJson, noteParts,
                        commitOf, readOpening, sealFor, verifyDisclosure, readPolicy, verifyReceipt,
                        verifyAnswer, verifyEvidence, skeleton, Replay };

if (typeof document !== 'undefined') {
    rememberScript();
    startPage(ready);
} else if (typeof WorkerGlobalScope !== 'undefined') {
    startWorker();
}
