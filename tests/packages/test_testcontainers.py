"""docs/install/testcontainers.md: each example runs, or is read, as far as that goes without Docker and its library."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from image_support import REPOSITORY, VERSION, file_of, image, program  # noqa: F401

MODULES = REPOSITORY / "tests/clients/js/node_modules"
IMAGE = f"iamlocal/iamlocal:{VERSION}"

# They stand in for the library, with what of it the examples use: the container is a process of the program, and a file that is
# given to it stays where it is.
STAND_IN_PYTHON = '''
import os, re, subprocess


class DockerContainer:
    def __init__(self, image):
        assert image == os.environ["EXPECTED_IMAGE"]
        self.files = {}

    def with_command(self, command):
        self.command = command.split()
        return self

    def with_volume_mapping(self, source, target, mode):
        assert os.path.isfile(source) and mode == "ro"
        self.files[target] = source
        return self

    def with_exposed_ports(self, port):
        assert port == 4566
        return self

    def __enter__(self):
        arguments = [self.files.get(word, word) for word in self.command]
        self.process = subprocess.Popen([os.environ["PROGRAM"], "--listen", "127.0.0.1:0", *arguments], stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def read_until(self, pattern):
        said = ""
        for line in self.process.stdout:
            said += line
            if re.search(pattern, said):
                self.port = int(re.search(r"127\\.0\\.0\\.1:(\\d+)", said)[1])
                return
        raise TimeoutError(said)

    def get_container_host_ip(self):
        return "127.0.0.1"

    def get_exposed_port(self, port):
        return self.port
'''
STAND_IN_WAITING = "def wait_for_logs(container, pattern):\n    container.read_until(pattern)\n"
STAND_IN_NODE = '''
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export const Wait = { forHttp: (path, port) => ({ path, port }) };

export class GenericContainer {
  constructor(image) { if (image !== process.env.EXPECTED_IMAGE) throw new Error(image); this.files = {}; }
  withCommand(command) { this.command = command; return this; }
  withCopyFilesToContainer(files) { for (const file of files) this.files[file.target] = file.source; return this; }
  withExposedPorts(port) { this.port = port; return this; }
  withWaitStrategy(wait) { this.wait = wait; return this; }
  async start() {
    const given = this.command.map((word) => this.files[word] ?? word);
    const server = spawn(process.env.PROGRAM, ["--listen", "127.0.0.1:0", ...given], { stdio: ["ignore", "pipe", "ignore"] });
    let port;
    for await (const line of createInterface({ input: server.stdout })) {
      port ??= line.match(/127\\.0\\.0\\.1:(\\d+)/)?.[1];
      if (line === "Ready.") break;
    }
    if (this.wait.port !== this.port) throw new Error("it waits for another port");
    const answer = await fetch(`http://127.0.0.1:${port}${this.wait.path}`);
    if (answer.status !== 200) throw new Error(await answer.text());
    return { getHost: () => "127.0.0.1", getMappedPort: () => port, stop: () => server.kill() };
  }
}
'''


@pytest.fixture
def project(program, tmp_path):
    """A folder with the seed, and what the stand-ins are told."""
    name, seed = file_of("testcontainers.md", "yaml")
    (tmp_path / name).write_text(seed)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("IAMLOCAL_", "AWS_"))}
    return tmp_path, {**kept, "PROGRAM": str(program), "EXPECTED_IMAGE": IMAGE}


def test_the_example_in_python(project):
    folder, environment = project
    library = folder / "testcontainers/core"
    library.mkdir(parents=True)
    (library / "container.py").write_text(STAND_IN_PYTHON)
    (library / "waiting_utils.py").write_text(STAND_IN_WAITING)
    name, text = file_of("testcontainers.md", "python")
    (folder / name).write_text(text)
    ended = subprocess.run([sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", name], cwd=folder, env=environment,
                           capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and "1 passed" in ended.stdout, ended.stdout


@pytest.mark.skipif(not shutil.which("node") or not (MODULES / "@aws-sdk/client-iam").is_dir(),
                    reason="the SDK for JavaScript is not here: cd tests/clients/js && npm install")
def test_the_example_in_node(project):
    folder, environment = project
    library = folder / "node_modules/testcontainers"
    library.mkdir(parents=True)
    (library / "package.json").write_text(json.dumps({"name": "testcontainers", "type": "module", "exports": "./index.js"}))
    (library / "index.js").write_text(STAND_IN_NODE)
    (folder / "node_modules/@aws-sdk").symlink_to(MODULES / "@aws-sdk")
    name, text = file_of("testcontainers.md", "js")
    (folder / name).write_text(text)
    ended = subprocess.run(["node", "--test", name], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and re.search(r"^\S+ pass 1$", ended.stdout, re.M), ended.stdout


@pytest.mark.skipif(not shutil.which("gofmt"), reason="there is no gofmt here: apt-get install golang-go")
def test_the_example_in_go_is_formatted(tmp_path):
    name, text = file_of("testcontainers.md", "go")
    (tmp_path / name).write_text(text)
    ended = subprocess.run(["gofmt", "-d", name], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


PARSER = """
import com.sun.source.util.JavacTask;
import java.nio.file.Path;
import java.util.List;
import javax.tools.*;

public class Parser {
    public static void main(String[] arguments) throws Exception {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var found = new DiagnosticCollector<JavaFileObject>();
        var files = compiler.getStandardFileManager(found, null, null);
        var task = (JavacTask) compiler.getTask(null, files, found, List.of(), null, files.getJavaFileObjects(Path.of(arguments[0])));
        for (var unit : task.parse()) System.out.println(unit.getTypeDecls().get(0).getKind());
        found.getDiagnostics().forEach(System.out::println);
    }
}
"""


@pytest.mark.skipif(not shutil.which("javac"), reason="there is no JDK here: apt-get install openjdk-17-jdk-headless")
def test_the_example_in_java_can_be_parsed(tmp_path):
    name, text = file_of("testcontainers.md", "java")
    (tmp_path / name).write_text(text)
    (tmp_path / "Parser.java").write_text(PARSER)
    ended = subprocess.run(["java", "Parser.java", name], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout) == (0, "CLASS\n"), ended.stdout + ended.stderr
