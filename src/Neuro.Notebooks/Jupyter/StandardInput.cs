using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Jupyter;

/// <summary>Questions of the running cell to the person in front of the notebook: one at a time, over the stdin socket.</summary>
internal sealed class StandardInput(KernelSockets sockets)
{
    private readonly Lock gate = new();
    private TaskCompletionSource<string?>? pending;
    private Message? asker;

    /// <summary>Asks whoever sent <paramref name="request"/>; ends with the answer, or is cancelled with the cell.</summary>
    public async Task<string?> AskAsync(Message request, InputRequest question, CancellationToken cancel)
    {
        var answered = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            (pending, asker) = (answered, request);
        }

        sockets.Send(KernelChannel.Stdin, request, "input_request", new InputRequestContent(question.Prompt, question.Password));
        return await answered.Task.WaitAsync(cancel);
    }

    /// <summary>Takes an answer; one that nobody waits for, or that another client sends, is dropped.</summary>
    public void Receive(Message reply)
    {
        if (reply.Type != "input_reply")
        {
            return;
        }

        lock (gate)
        {
            if (asker?.Header.Session == reply.Header.Session)
            {
                pending!.TrySetResult(reply.As<InputReply>().Value);
                (pending, asker) = (null, null);
            }
        }
    }
}
