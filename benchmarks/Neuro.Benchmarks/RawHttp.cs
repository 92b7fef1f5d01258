using System.Net.Sockets;
using System.Text;

namespace Neuro.Benchmarks;

/// <summary>Requests made beforehand through sockets that stay open: on two cores a full HTTP client would take more of the machine than the server.</summary>
internal static class RawHttp
{
    public static async Task<Socket> ConnectAsync(Uri url)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(url.Host, url.Port);
        return socket;
    }

    /// <summary>Reads one answer, and how long it is: its head says that it is empty, or it ends with an empty chunk.</summary>
    public static async ValueTask<int> AnswerAsync(Socket socket, byte[] answer)
    {
        for (var length = 0; length < answer.Length;)
        {
            var read = await socket.ReceiveAsync(answer.AsMemory(length));
            length += read;
            if (read == 0 || !answer.AsSpan(0, Math.Min(length, 12)).SequenceEqual("HTTP/1.1 200"u8))
            {
                throw new InvalidOperationException($"The server answered '{Encoding.UTF8.GetString(answer, 0, length)}'.");
            }

            var text = answer.AsSpan(0, length);
            if (text.EndsWith("\r\n0\r\n\r\n"u8) || (text.EndsWith("\r\n\r\n"u8) && text.IndexOf("Content-Length: 0\r\n"u8) > 0))
            {
                return length;
            }
        }

        throw new InvalidOperationException("The answer is longer than expected.");
    }
}
