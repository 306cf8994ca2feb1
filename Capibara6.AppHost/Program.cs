Console.WriteLine("The app model is on its way.");
