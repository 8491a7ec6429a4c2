using Migrations.Stress;

if (StressOptions.Read(args) is not { } options)
{
    await Console.Error.WriteLineAsync(StressOptions.Usage);
    return 2;
}

return await new StressRun(options, Scenarios.All()).RunAsync();
