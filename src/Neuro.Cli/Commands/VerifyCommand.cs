using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Neuro.Cli.Receipts;
using Neuro.Cli.Terminal;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro verify</c>: checks receipts without a platform and without a network.</summary>
internal static class VerifyCommand
{
    private const int NameWidth = 9;

    private static readonly JsonSerializerOptions Readable = new(NeuroJson.Options) { WriteIndented = true };

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "Receipts, as `neuro receipts --out` or the API gives them." };
        var key = new Option<string?>("--key") { Description = "The platform's public key in base64; else the one remembered from a connection, else the file's own." };
        var shard = new Option<string?>("--shard") { Description = "A shard's tar, or a dataset's folder: its files must be those that were delivered." };
        var render = new Option<int?>("--render") { Description = "Makes so many random images of each shard again and compares; without --shard, of the shards in the cache." };
        var catalogue = new Option<string?>("--catalogue") { Description = "Folder or tar of the products, for --render; from the cache if left out." };
        var json = new Option<bool>("--json") { Description = "For scripts: what was found as JSON." };
        var command = new Command("verify", "Checks receipts offline: signatures, delivered files, images made again. Ends with 0 when all that was asked holds.")
        {
            file, key, shard, render, catalogue, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var receipts = ReceiptFile.Read(parsed.GetValue(file)!);
            var audit = ReceiptAudit.Of(receipts, TrustedKey.Of(receipts, parsed.GetValue(key), new KnownPlatforms(DataFolder.Path)));
            var images = parsed.GetValue(render);
            if (images is < 1)
            {
                throw new NeuroException("receipt.bad_render", $"--render is {images}; expected how many images of each shard to make again, 1 or more.");
            }

            if (parsed.GetValue(shard) is var place && (place is not null || images is not null))
            {
                audit.FindFiles(ShardFiles.Find(place ?? DataFolder.Cache(), audit.Receipts.SelectMany(one => one.Receipt.Outputs), cancel));
            }

            if (images is { } count && audit.Receipts.Any(one => one.File is not null))
            {
                var renderer = ShardRenderer.For(receipts, parsed.GetValue(catalogue), DataFolder.Cache());
                await RenderAsync(audit, renderer, count, quiet: parsed.GetValue(json), cancel);
            }

            if (parsed.GetValue(json))
            {
                Console.WriteLine(Json(audit));
            }
            else
            {
                Show(audit);
            }

            return audit.Faults.Any() ? 1 : 0;
        });
        return command;
    }

    // A script reads nothing but JSON.
    private static async Task RenderAsync(ReceiptAudit audit, ShardRenderer renderer, int images, bool quiet, CancellationToken cancel)
    {
        if (quiet)
        {
            audit.Render(renderer, images, null, cancel);
            return;
        }

        await LongWork.RunAsync("rendering again", audit.Receipts.Count(one => one.File is not null), done =>
        {
            audit.Render(renderer, images, done, cancel);
            return true;
        });
    }

    private static void Show(ReceiptAudit audit)
    {
        AnsiConsole.Write(Table(audit));
        Console.WriteLine($"Platform's key: {audit.Key.PublicKey}, {audit.Key.Why}.");
        foreach (var fault in audit.Faults)
        {
            Console.WriteLine(fault);
        }

        var (count, faults) = (audit.Receipts.Count, audit.Faults.Count());
        var receipts = count == 1 ? "1 receipt" : $"{count} receipts";
        Console.WriteLine(faults == 0
            ? $"All holds: {receipts}, {Sum(audit, receipt => receipt.Price)} NTK, of which fee {Sum(audit, receipt => receipt.Fee)}."
            : $"It does not hold: {faults} {(faults == 1 ? "fault" : "faults")} in {receipts}.");
    }

    // A file may say more than there is.
    private static string Sum(ReceiptAudit audit, Func<Receipt, Ntk> amount) =>
        ((decimal)audit.Receipts.Aggregate(default(Int128), (sum, one) => sum + amount(one.Receipt).Nano) / Ntk.NanoPerNtk).ToString("0.#########", CultureInfo.InvariantCulture);

    private static Table Table(ReceiptAudit audit)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("shard", "node", "signed", "platform", "price, NTK", "fee, NTK", "file");
        foreach (var one in audit.Receipts)
        {
            var receipt = one.Receipt;
            table.AddRow(
                new Text($"{receipt.Shard + 1L}"), Plain(receipt.NodeId), Says(one.NodeSigned, "holds"), Says(one.PlatformSigned, "holds"), new Text($"{receipt.Price}"), new Text($"{receipt.Fee}"),
                one.Again is { Holds: var equal } ? Says(equal, "equal") : new Text(one.File is null ? "–" : "is it"));
        }

        return table;
    }

    // What others wrote is shown without its control characters.
    private static Text Plain(string text) => new(Short(string.Concat(text.Where(letter => !char.IsControl(letter))), NameWidth));

    private static string Short(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";

    private static Text Says(bool holds, string word) => holds ? new(word) : new("NO", new Style(Color.Red));

    private static string Json(ReceiptAudit audit) => JsonSerializer.Serialize(
        new
        {
            Holds = !audit.Faults.Any(),
            Key = new { audit.Key.PublicKey, audit.Key.Source },
            Receipts = audit.Receipts.Select(one => new
            {
                one.Receipt.JobId, one.Receipt.Shard, one.Receipt.Kind, Node = one.Receipt.NodeId, one.NodeSigned, one.PlatformSigned, one.Receipt.Price, one.Receipt.Fee,
                one.File, Again = one.Again?.Said, one.Faults,
            }),
            Faults = audit.Faults.ToList(),
        },
        Readable);
}
