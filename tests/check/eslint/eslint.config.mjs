// What a function or file may be is as for C: a screen, and 500 lines.
import js from '@eslint/js';

const globals = ['document', 'location', 'navigator', 'fetch', 'URL', 'Blob', 'Worker', 'TextEncoder',
                 'TextDecoder', 'crypto', 'console', 'process', 'setTimeout', 'postMessage',
                 'addEventListener', 'WorkerGlobalScope', 'globalThis', 'atob'];

export default [
    js.configs.recommended,
    {
        languageOptions: {
            globals: { ...Object.fromEntries(globals.map((name) => [name, 'readonly'])),
                       onmessage: 'writable' },
        },
        rules: {
            'complexity': ['error', 16],
            'eqeqeq': 'error',
            'max-lines': ['error', 500],
            'max-lines-per-function': ['error', 60],
            'no-control-regex': 'off',
            'no-shadow': 'error',
            'no-var': 'error',
            'prefer-const': 'error',
        },
    },
    // Evaluated in a page by page_vectors.py.
    { files: ['**/judge_case.js'], rules: { 'no-unused-vars': 'off', 'complexity': 'off' } },
];
