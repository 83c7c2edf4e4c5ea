import { globalSetup } from "iamlocal";

export default globalSetup({ seed: "seed.yaml" });
