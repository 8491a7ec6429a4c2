using Migrations.Stress;

if (args is [CodeProcess.Mark, var engine, var address, var folder])
    return await CodeProcess.RunAsync(engine, address, folder);
if (StressOptions.Read(args) is not { } options)
{
    await Console.Error.WriteLineAsync(StressOptions.Usage);
    return 2;
}

return await new StressRun(options, Scenarios.All()).RunAsync();
