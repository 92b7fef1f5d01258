using System.CommandLine;
using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Node.Mining;
using Neuro.Node.Work;
using Spectre.Console;

namespace Neuro.Cli.Commands.Nodes;

/// <summary><c>neuro node earnings</c>: what the platform's ledger says was earned, beside what mining would have paid in the same time.</summary>
internal static class NodeEarningsCommand
{
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
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumns("day (UTC)", "busy", "mining", "neither", paid is null ? "promised, NTK" : "earned, NTK", "mining would have paid", "ratio", "mined, NTK");
            foreach (var column in table.Columns.Skip(1))
            {
                column.RightAligned();
            }

            var all = new List<DayOfNode>();
            foreach (var day in periods.Select(group => group.Key).Union(paid?.Keys ?? []).Order())
            {
                all.Add(DayOfNode.Of(periods[day]));
                all[^1] = paid is null ? all[^1] : all[^1] with { Earned = paid.GetValueOrDefault(day) };
                table.AddRow([day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), .. all[^1].Cells()]);
            }

            if (all.Count != 1)
            {
                table.AddRow(["all", .. all.Aggregate(DayOfNode.Nothing, (sum, day) => sum + day).Cells()]);
            }

            AnsiConsole.Write(table);
            Console.WriteLine(paid is null
                ? $"Promised is what was agreed for the work delivered. To see what the platform's ledger paid, set {NodeCommand.OwnerKeyVariable} to the key of the account that earns."
                : $"Earned is what {options.Platform} paid for verified work. What mining would have paid is reckoned here, from the yield at each time.");
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
