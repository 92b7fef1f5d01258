"""What Debian's Jupyter does with the C# kernel: each case prints one line, `ok NAME` or `failed NAME: why`."""
import json
import os
import queue
import subprocess
import sys
import traceback

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

LIMIT = 120
folder = sys.argv[1]


class Kernel:
    def __init__(self):
        self.manager = KernelManager(kernel_name="neuro")
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=LIMIT)

    def reply(self, message_id):
        while True:
            reply = self.client.get_shell_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == message_id:
                return reply["content"]

    def published(self, message_id):
        found = []
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            if message["parent_header"].get("msg_id") != message_id:
                continue
            found.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return found

    def execute(self, code, **options):
        message_id = self.client.execute(code, **options)
        return self.reply(message_id), {message["msg_type"]: message["content"] for message in self.published(message_id)}

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=False)


def kernelspec(_):
    spec = KernelSpecManager().get_kernel_spec("neuro")
    assert spec.interrupt_mode == "message" and spec.language == "C#", spec.to_dict()


def kernel_info(kernel):
    info = kernel.reply(kernel.client.kernel_info())
    assert info["language_info"]["name"] == "C#" and info["protocol_version"].startswith("5."), info


def hello_world(kernel):
    reply, shown = kernel.execute('Console.WriteLine("hello, world")')
    assert reply["status"] == "ok" and shown["stream"] == {"name": "stdout", "text": "hello, world\n"}, (reply, shown)


def stderr(kernel):
    _, shown = kernel.execute('Console.Error.WriteLine("oops")')
    assert shown["stream"] == {"name": "stderr", "text": "oops\n"}, shown


def result(kernel):
    _, shown = kernel.execute("6 * 7")
    assert shown["execute_result"]["data"]["text/plain"] == "42", shown


def display(kernel):
    _, shown = kernel.execute('display("<b>x</b>", "text/html");')
    assert shown["display_data"]["data"]["text/html"] == "<b>x</b>", shown


def error(kernel):
    reply, shown = kernel.execute('throw new ArgumentException("no");')
    assert reply["status"] == "error" and reply["ename"] == "ArgumentException", reply
    assert shown["error"]["traceback"], shown


def completion(kernel):
    kernel.execute("var hippopotamus = 1;")
    reply = kernel.reply(kernel.client.complete("hippo", 5))
    assert reply["matches"] == ["hippopotamus"] and reply["cursor_start"] == 0 and reply["cursor_end"] == 5, reply


def is_complete(kernel):
    for code, status in (("1 + 1", "complete"), ("while (true) {", "incomplete"), ("var = = ;", "invalid")):
        reply = kernel.reply(kernel.client.is_complete(code))
        assert reply["status"] == status, (code, reply)


def history(kernel):
    kernel.execute("var remembered = 1;")
    reply = kernel.reply(kernel.client.history(hist_access_type="search", pattern="*remembered*", n=5))
    assert [entry[2] for entry in reply["history"]] == ["var remembered = 1;"], reply


def inspection(kernel):
    kernel.execute("var looked = 1;")
    reply = kernel.reply(kernel.client.inspect("looked", 6))
    assert reply["found"] and "looked" in reply["data"]["text/plain"], reply


def standard_input(kernel):
    message_id = kernel.client.execute('$"Hi {Console.ReadLine()}"', allow_stdin=True)
    question = kernel.client.get_stdin_msg(timeout=LIMIT)
    assert question["msg_type"] == "input_request", question
    kernel.client.input("Ada")
    assert kernel.reply(message_id)["status"] == "ok"
    shown = {message["msg_type"]: message["content"] for message in kernel.published(message_id)}
    assert shown["execute_result"]["data"]["text/plain"] == "Hi Ada", shown


def interrupt(kernel):
    message_id = kernel.client.execute('var before = 9; Console.WriteLine("begun"); while (true) { }')
    while kernel.client.get_iopub_msg(timeout=LIMIT)["msg_type"] != "stream":
        pass
    kernel.manager.interrupt_kernel()
    assert kernel.reply(message_id)["ename"] == "Interrupted"
    _, shown = kernel.execute("before")
    assert shown["execute_result"]["data"]["text/plain"] == "9", shown


def heartbeat(kernel):
    assert kernel.client.hb_channel.is_beating()


def restart(kernel):
    kernel.execute("var lost = 1;")
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=LIMIT)
    reply, _ = kernel.execute("lost")
    assert reply["status"] == "error" and reply["ename"] == "CS0103", reply


def nbconvert(_):
    def convert(name, *sources):
        cells = [{"cell_type": "code", "execution_count": None, "id": f"c{i}", "metadata": {}, "outputs": [], "source": source} for i, source in enumerate(sources)]
        path = os.path.join(folder, name)
        with open(path, "w") as file:
            json.dump({"cells": cells, "metadata": {"kernelspec": {"name": "neuro", "display_name": "C#", "language": "C#"}}, "nbformat": 4, "nbformat_minor": 5}, file)
        done = subprocess.run([sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", path, "--output", "done-" + name], capture_output=True, text=True, timeout=300)
        return done, os.path.join(folder, "done-" + name)

    done, path = convert("good.ipynb", "var x = 20;", "x * 2 + 2", 'Console.Write("text")')
    assert done.returncode == 0, done.stderr
    with open(path) as file:
        cells = json.load(file)["cells"]
    assert cells[1]["outputs"][0]["data"]["text/plain"] == ["42"], cells[1]
    assert cells[2]["outputs"][0]["text"] == ["text"], cells[2]
    done, _ = convert("bad.ipynb", "throw new InvalidOperationException(\"on purpose\");")
    assert done.returncode != 0 and "on purpose" in done.stderr, done.stderr


CASES = [kernelspec, kernel_info, hello_world, stderr, result, display, error, completion, is_complete, history, inspection, standard_input, interrupt, heartbeat, restart, nbconvert]

kernel = Kernel()
try:
    for case in CASES:
        try:
            case(kernel)
            print("ok", case.__name__, flush=True)
        except (Exception, queue.Empty):
            print(f"failed {case.__name__}:", traceback.format_exc().replace("\n", " | "), flush=True)
finally:
    kernel.close()
print("end", flush=True)
