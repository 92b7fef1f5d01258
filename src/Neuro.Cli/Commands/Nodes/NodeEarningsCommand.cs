using System.CommandLine;
using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Node.Mining;
using Neuro.Node.Work;

namespace Neuro.Cli.Commands.Nodes;

/// <summary><c>neuro node earnings</c>: what the platform's ledger says was earned, beside what mining would have paid in the same time.</summary>
internal static class NodeEarningsCommand
{
    private static readonly int[] Widths = [9, 9, 9, 15, 15, 8, 15];

    public static Command Create(NodeArguments arguments)
    {
        var days = new Option<int>("--days") { Description = "How many days, today included.", DefaultValueFactory = _ => 7 };
        var command = new Command("earnings", $"Shows what was earned beside what mining would have paid in the busy time, by day. The ledger is asked with the key in {NodeCommand.OwnerKeyVariable}.") { days };
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var folder = arguments.ReadFolder(parsed);
            var count = parsed.GetValue(days) is var asked and >= 1 and <= 366 ? asked : throw new NeuroException("node.bad_days", $"--days is {parsed.GetValue(days)}; expected 1 to 366.");
            var node = Enrolment.NodeId(folder) ?? throw new NeuroException("node.none", $"There is no node in {folder}. Name its --folder, or start one with `neuro node run`.");
            var options = arguments.Read(parsed);
            var paid = options.OwnerKey is { } key ? await PaidAsync(options.Platform, key, node, count, cancel) : null;
            var since = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(1 - count);
            var periods = PeriodLog.Read(folder).Where(period => DayOf(period) >= since).ToLookup(DayOf);
            Console.WriteLine(Row("day (UTC)", ["busy", "mining", "neither", paid is null ? "promised" : "earned", "mining pays", "ratio", "mined"]));
            var all = DayOfNode.Nothing;
            foreach (var day in periods.Select(group => group.Key).Union(paid?.Keys.AsEnumerable() ?? []).Order())
            {
                var one = DayOfNode.Of(periods[day]);
                one = paid is null ? one : one with { Earned = paid.GetValueOrDefault(day) };
                all += one;
                Console.WriteLine(Row(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), one.Cells()));
            }

            Console.WriteLine(Row("all", all.Cells()));
            Console.WriteLine(paid is null
                ? $"Amounts in NTK. Promised is what was agreed for the work delivered. \"Mining pays\" is what mining would have paid in the busy time. To see what the platform's ledger paid, set {NodeCommand.OwnerKeyVariable} to the key of the account that earns."
                : $"Amounts in NTK. Earned is what {options.Platform} paid for verified work. \"Mining pays\" is what mining would have paid in the busy time, reckoned here from the yield at each moment.");
            return 0;
        });
        return command;
    }

    private static async Task<Dictionary<DateOnly, Ntk>?> PaidAsync(Uri platform, string key, string node, int days, CancellationToken cancel)
    {
        await using var neuro = await NeuroClient.ConnectAsync(platform.ToString(), key, cancel);
        IReadOnlyList<NodeEarnings> earnings = await neuro.Api.GetNodeEarningsAsync(days, cancel);
        return earnings.Where(day => day.NodeId == node).ToDictionary(day => day.Day, day => day.Earned);
    }

    private static string Row(string day, IEnumerable<string> cells) => $"{day,-10} {string.Join(' ', cells.Zip(Widths, (cell, width) => cell.PadLeft(width)))}";

    private static DateOnly DayOf(Period period) => DateOnly.FromDateTime(period.End.UtcDateTime);

    private sealed record DayOfNode(double Busy, double Mining, double Neither, Ntk Earned, Ntk Forgone, Ntk Mined)
    {
        public static readonly DayOfNode Nothing = new(0, 0, 0, Ntk.Zero, Ntk.Zero, Ntk.Zero);

        public static DayOfNode operator +(DayOfNode a, DayOfNode b) => new(a.Busy + b.Busy, a.Mining + b.Mining, a.Neither + b.Neither, a.Earned + b.Earned, a.Forgone + b.Forgone, a.Mined + b.Mined);

        public static DayOfNode Of(IEnumerable<Period> periods) => periods.Aggregate(Nothing, (sum, period) => sum + period.State switch
        {
            "busy" => Nothing with { Busy = period.Seconds, Earned = period.Delivered, Forgone = period.Mined },
            "mining" => Nothing with { Mining = period.Seconds, Earned = period.Delivered, Mined = period.Mined },
            _ => Nothing with { Neither = period.Seconds, Earned = period.Delivered },
        });

        public IEnumerable<string> Cells()
        {
            yield return Hours(Busy);
            yield return Hours(Mining);
            yield return Hours(Neither);
            yield return $"{Earned}";
            yield return $"{Forgone}";
            yield return Forgone > Ntk.Zero ? string.Create(CultureInfo.InvariantCulture, $"{(double)Earned.Nano / Forgone.Nano:0.00}×") : "–";
            yield return $"{Mined}";
        }

        private static string Hours(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)}:{(int)(seconds / 60) % 60:00}:{(int)seconds % 60:00}");
    }
}
