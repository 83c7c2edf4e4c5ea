require("fs").writeSync(2, "sleeping"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
