#:project ../../src/Neuro.Cli
#:property PublishAot=false

// Receipts checked without a platform and without a network: dotnet run notebooks/scripts/receipts.cs -- receipts.json [folder of the delivered files]
using System.Security.Cryptography;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Jobs;

var bundle = JsonSerializer.Deserialize<ReceiptBundle>(File.ReadAllText(args[0]), NeuroJson.Options)!;
var delivered = args.Length < 2 ? null : Directory.EnumerateFiles(args[1], "*.tar", SearchOption.AllDirectories).Select(HashOf).ToHashSet();
var wrong = 0;
foreach (var receipt in bundle.Receipts.OrderBy(receipt => receipt.Shard))
{
    var signed = receipt.Verify(bundle.PublicKey);
    var missing = delivered is null ? 0 : receipt.Outputs.Count(output => !delivered.Contains(output));
    wrong += signed && missing == 0 ? 0 : 1;
    var files = delivered is null ? "" : missing > 0 ? $", {missing} of its files are not there" : ", its files are those that were delivered";
    Console.WriteLine($"shard {receipt.Shard + 1}: {(signed ? "signed" : "NOT SIGNED")} by {bundle.Platform.Host}{files}");
}

Console.WriteLine(wrong == 0 ? $"All {bundle.Receipts.Count} receipts hold." : $"{wrong} of {bundle.Receipts.Count} receipts do not hold.");
if (wrong > 0)
{
    throw new Exception("Compare the key with the platform's own, and ask for the files again.");
}

string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
