import { defineConfig } from "@playwright/test";

export default defineConfig({ globalSetup: "./iamlocal.setup.js", testMatch: "playwright.spec.ts" });
