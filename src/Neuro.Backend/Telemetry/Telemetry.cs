using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Accounts;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Neuro.Backend.Telemetry;

/// <summary>What operators see from outside: metrics at <c>/metrics</c>, and metrics and traces over OTLP where the environment names a collector.</summary>
internal static class Telemetry
{
    /// <summary>As in OpenTelemetry's specification, with its companions such as <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string NameVariable = "OTEL_SERVICE_NAME";

    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<Sampler>().AddSingleton<PlatformMetrics>().AddSingleton<Exposition>();
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable)))
        {
            return;
        }

        var version = typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(Environment.GetEnvironmentVariable(NameVariable) ?? "neuro", serviceVersion: version))
            .WithMetrics(metrics => metrics.AddMeter(PlatformMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel").AddOtlpExporter())
            .WithTracing(traces => traces.AddSource(Spans.SourceName, "Npgsql").AddAspNetCoreInstrumentation(requests =>
            {
                requests.Filter = context => !context.Request.Path.StartsWithSegments("/health");
                requests.EnrichWithHttpResponse = (span, _) =>
                {
                    // The route says enough. In an address as it was sent there may be a secret that somebody pasted in the wrong place.
                    span.SetTag("url.path", null);
                    span.SetTag("url.query", null);
                };
            }).AddOtlpExporter());
    }

    public static void MapTelemetry(this WebApplication app)
    {
        app.Services.GetRequiredService<PlatformMetrics>(); // Its instruments are there from the start.
        app.MapGet("/metrics", GetMetrics).RequireAuthorization(Policies.Account).Needs(Scopes.Read, Roles.Operator).WithTags("Admin")
            .WithSummary("Metrics as text for Prometheus; an operator's key with the scope read is enough.");
    }

    private static async Task<ContentHttpResult> GetMetrics(Exposition exposition) => TypedResults.Text(await exposition.WriteAsync(), Exposition.ContentType);
}
