using Neuro.Benchmarks;

// One verb per benchmark; the last line of each is `verb key=value key=value`.
return args switch
{
    ["render", .. var rest] => RenderBenchmark.Run(rest),
    ["labels", .. var rest] => LabelBenchmark.Run(rest),
    ["dataset", .. var rest] => DatasetBenchmark.Run(rest),
    ["metrics", .. var rest] => MetricsBenchmark.Run(rest),
    ["train", .. var rest] => TrainBenchmark.Run(rest),
    ["stream", .. var rest] => StreamBenchmark.Run(rest),
    ["diloco", .. var rest] => await DilocoBenchmark.RunAsync(rest),
    ["drift", .. var rest] => DriftBenchmark.Run(rest),
    ["infer", .. var rest] => InferBenchmark.Run(rest),
    ["compress", .. var rest] => CompressBenchmark.Run(rest),
    ["improve", .. var rest] => ImproveBenchmark.Run(rest),
    ["auction", .. var rest] => AuctionBenchmark.Run(rest),
    ["orderbook", "--durable", .. var rest] => await ExchangeBenchmark.RunAsync(rest),
    ["orderbook", .. var rest] => OrderBookBenchmark.Run(rest),
    ["ledger", .. var rest] => await LedgerBenchmark.RunAsync(rest),
    ["api", .. var rest] => await ApiBenchmark.RunAsync(rest),
    ["dispatch", .. var rest] => await DispatchBenchmark.RunAsync(rest),
    ["wire", .. var rest] => await WireBenchmark.RunAsync(rest),
    ["beats", .. var rest] => await BeatsBenchmark.RunAsync(rest),
    ["chain", .. var rest] => await ChainBenchmark.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("dotnet run -c Release --project benchmarks/Neuro.Benchmarks -- render|labels|dataset|metrics|train|stream|diloco|drift|infer|compress|improve|auction|orderbook|ledger|api|dispatch|beats|wire|chain [options]");
    return 1;
}
