return await Migrations.Cli.Application.RunAsync(args).ConfigureAwait(false);
