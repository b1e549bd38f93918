// One JSON object per line on stderr.

export function createLog(write = (line) => process.stderr.write(line)) {
  const emit = (level) => (event, fields = {}) => {
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
  };
  return { info: emit('info'), warn: emit('warn'), error: emit('error') };
}
