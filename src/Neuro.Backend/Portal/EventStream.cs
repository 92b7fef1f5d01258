using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Neuro.Backend.Portal;

/// <summary>Answers with events as they happen (server-sent events). Ends quietly when the caller goes or the platform stops: who still listens asks again with the last sequence.</summary>
internal static class EventStream
{
    /// <param name="follow">The events, until cancelled.</param>
    /// <param name="type">What an event is called.</param>
    /// <param name="sequence">Its number, which goes out as the event's id.</param>
    public static ServerSentEventsResult<T> Of<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> follow, Func<T, string> type, Func<T, long> sequence, CancellationToken stopping, CancellationToken cancel) =>
        TypedResults.ServerSentEvents(Items(follow, type, sequence, stopping, cancel));

    private static async IAsyncEnumerable<SseItem<T>> Items<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> follow, Func<T, string> type, Func<T, long> sequence, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        await using var events = follow(either.Token).GetAsyncEnumerator(either.Token);
        while (await NextAsync())
        {
            yield return new SseItem<T>(events.Current, type(events.Current)) { EventId = sequence(events.Current).ToString(CultureInfo.InvariantCulture) };
        }

        async ValueTask<bool> NextAsync()
        {
            try
            {
                return await events.MoveNextAsync();
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}
